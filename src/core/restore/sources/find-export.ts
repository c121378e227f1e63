import { basename } from "node:path";
import type { OpenStore } from "../../backup/find-files.ts";
import { DdbrError } from "../../errors.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { placeIn, type StoreLocation, splitFile } from "../../store/store-location.ts";
import { EXPORTS_FOLDER, type ExportPlace, FILES_NAME, SUMMARY_NAME } from "./export-manifests.ts";

/** DynamoDB writes it first of all, where the manifests are to come. */
const STARTED_NAME = "_started";

/**
 * DynamoDB's export at a place: the place is the export's folder, or one above that holds no other.
 * @throws DdbrError `usage` where there are several
 */
export async function findExport(
  place: StoreLocation,
  open: OpenStore,
  signal: AbortSignal,
): Promise<ExportPlace | undefined> {
  const folder = await exportFolder(place, open, signal);
  if (folder === undefined) return undefined;
  const isTop = folder.kind === "s3" ? folder.prefix === "" : basename(folder.path) === "";
  if (isTop) return { store: await open(folder), folder: "" };
  const { folder: above, name } = splitFile(folder);
  return { store: await open(above), folder: name };
}

async function exportFolder(
  place: StoreLocation,
  open: OpenStore,
  signal: AbortSignal,
): Promise<StoreLocation | undefined> {
  const store = await open(place);
  try {
    for (const name of [SUMMARY_NAME, FILES_NAME, STARTED_NAME]) {
      if ((await store.get(name, undefined, signal)) !== undefined) return place;
    }
    const isExports = basename(place.kind === "s3" ? place.prefix : place.path) === EXPORTS_FOLDER;
    const exports = await exportsIn(store, isExports ? "" : EXPORTS_FOLDER, signal);
    if (exports.length > 1) throw several(place, exports);
    return exports[0] === undefined ? undefined : placeIn(place, exports[0]);
  } finally {
    store.close();
  }
}

/** The folders of exports that have ended. */
async function exportsIn(store: ObjectStore, above: string, signal: AbortSignal): Promise<string[]> {
  const start = above === "" ? "" : `${above}/`;
  const exports: string[] = [];
  for await (const page of store.list(above, signal)) {
    for (const key of page) {
      const [id, name, ...rest] = key.slice(start.length).split("/");
      if (name === SUMMARY_NAME && rest.length === 0) exports.push(start + id);
    }
  }
  return exports;
}

function several(place: StoreLocation, exports: readonly string[]): DdbrError {
  return new DdbrError("usage", `holds ${exports.length} exports of DynamoDB`, {
    subject: place.text,
    hint: `name one of them, such as ${place.text}/${exports.toSorted().at(-1)}`,
  });
}
