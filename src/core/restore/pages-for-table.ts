import { DdbrError } from "../errors.ts";
import { hasKey } from "../incremental/record-folder.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import type { ChangesFile, ChangesPage } from "./changes-file.ts";

/** The changes of a file, as {@link ChangesFile.pages}; fails where they are not of records that a table with this key can hold. */
export async function* pagesForTable(
  file: ChangesFile,
  schema: KeySchema,
  fromOffset: number,
  signal: AbortSignal,
): AsyncGenerator<ChangesPage> {
  for await (const page of file.pages(fromOffset, signal)) {
    for (const { key } of page.changes) {
      if (hasKey(key, schema) && Object.keys(key).length === schema.length) continue;
      throw new DdbrError("schema", "names records by another key than the table's", {
        subject: file.path,
        hint: "name the table that the file was written for",
      });
    }
    yield page;
  }
}
