import type { RecordVersions } from "../history/record-versions.ts";
import { isNameOf } from "../incremental/duplicate-objects.ts";
import { hasKey } from "../incremental/record-folder.ts";
import { type KeySchema, keyOf, type WireKey } from "../item/attribute-value.ts";

/** - `foreign`: the object is no record's · `problem`: nobody can tell which record it is of */
export type ObjectKey =
  | { key: WireKey; foreign?: undefined; problem?: undefined }
  | { key?: undefined; foreign: string; problem?: undefined }
  | { key?: undefined; foreign?: undefined; problem: string };

/** Where more cannot be read, it is for a reason that holds for all. */
const MOST_READ = 5;

/** The key of the record that an object is of: only the items in it tell. */
export async function keyOfObject(
  versions: RecordVersions,
  schema: KeySchema,
  signal: AbortSignal,
): Promise<ObjectKey> {
  const images = [...versions.all.entries()].filter(([, { deleted }]) => !deleted);
  let problem = "there is nothing but its deletion";
  for (const [index, { name }] of images.slice(0, MOST_READ)) {
    const image = await versions.read(index, signal);
    if (image.item === undefined) {
      problem = image.problem ?? problem;
      continue;
    }
    if (!hasKey(image.item, schema)) return { foreign: "it has not got the table's key" };
    if (!isNameOf(name, image.item, schema))
      return { foreign: "its name is not that of the record it holds" };
    return { key: keyOf(image.item, schema) };
  }
  return {
    problem: `object ${versions.all[0]!.name} cannot be read, so its record is not known: ${problem}`,
  };
}
