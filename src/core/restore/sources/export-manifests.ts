import { createHash } from "node:crypto";
import type { CheckedFile } from "../../backup/checked-file.ts";
import { DdbrError } from "../../errors.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { keyProblem } from "../../store/store-location.ts";
import { momentOf } from "./moment-of.ts";

/** Where an export is, as DynamoDB lays it out: what belongs to it may lie beside its folder. */
export interface ExportPlace {
  /** Opened at the folder that holds the export's own; at that one where there is none above. */
  store: ObjectStore;
  /** The export's own folder in there; empty where the store was opened at it. */
  folder: string;
}

/** What an export's manifests say. */
export interface ExportManifests {
  /** Everything that a table held, or only what changed in it during a time. */
  kind: "full" | "incremental";
  asOf: number | undefined;
  items: number;
  bytes: number;
  files: CheckedFile[];
}

export const SUMMARY_NAME = "manifest-summary.json";
export const FILES_NAME = "manifest-files.json";
/** Where the items of a full export are, in its folder. */
export const DATA_FOLDER = "data";
/** What DynamoDB puts all exports in, below the prefix that it was given. */
export const EXPORTS_FOLDER = "AWSDynamoDB";
/** DynamoDB calls them by the first name, its documentation by the second. */
const CHECKSUM_ENDINGS = [".md5", ".checksum"];

interface Summary {
  exportType: "FULL_EXPORT" | "INCREMENTAL_EXPORT";
  exportTime: string;
  exportToTime: string;
  itemCount: number;
  billedSizeBytes: number;
  outputFormat: string;
  manifestFilesS3Key: string;
}

interface DataFile {
  itemCount: number;
  md5Checksum: string;
  dataFileS3Key: string;
}

/**
 * Reads both manifests of an export, checked against the checksums beside them.
 * @throws DdbrError `no-such-object` or `damaged`; `usage` where the data is in another form than JSON
 */
export async function readExportManifests(place: ExportPlace, signal: AbortSignal): Promise<ExportManifests> {
  const [summary] = (await readManifest(place, SUMMARY_NAME, signal)) as [Partial<Summary>];
  refuseOtherForm(place, summary);
  const lines = await readManifest(place, FILES_NAME, signal);
  const incremental = summary.exportType === "INCREMENTAL_EXPORT";
  const files = lines.map((line) => dataFile(place, line, summary));
  const items = files.reduce((sum, { lines: count }) => sum + (count ?? 0), 0);
  if (items !== summary.itemCount) {
    const problem = `says ${summary.itemCount} items, and ${FILES_NAME} ${items}`;
    throw damaged(place, SUMMARY_NAME, problem);
  }
  return {
    kind: incremental ? "incremental" : "full",
    asOf: momentOf(incremental ? summary.exportToTime : summary.exportTime),
    items,
    bytes: summary.billedSizeBytes ?? 0,
    files,
  };
}

/** The JSON values of a manifest's lines. */
async function readManifest(place: ExportPlace, name: string, signal: AbortSignal): Promise<unknown[]> {
  const { body } = await getOf(place, [name], signal);
  const checksums = CHECKSUM_ENDINGS.map((ending) => name.replace(/\.json$/, ending));
  const checksum = await getOf(place, checksums, signal);
  if (createHash("md5").update(body).digest("base64") !== checksum.body.toString().trim()) {
    throw damaged(place, name, `its MD5 is not what ${checksum.name} says`);
  }
  const text = body.toString();
  try {
    // One value, on as many lines as it takes, or one on each line.
    return name === SUMMARY_NAME
      ? [JSON.parse(text)]
      : text
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map((line) => JSON.parse(line));
  } catch (error) {
    throw damaged(place, name, "is not JSON", error);
  }
}

/** The first of the objects that is there. */
async function getOf(
  place: ExportPlace,
  names: readonly string[],
  signal: AbortSignal,
): Promise<{ name: string; body: Buffer }> {
  for (const name of names) {
    const object = await place.store.get(inFolder(place, name), undefined, signal);
    if (object !== undefined) return { name, body: object.body };
  }
  throw new DdbrError("no-such-object", "is not there", {
    subject: subjectOf(place, names[0]!),
    hint: "copy the export as a whole; one that DynamoDB has not ended has no manifest yet",
  });
}

function refuseOtherForm(place: ExportPlace, { outputFormat, exportType }: Partial<Summary>): void {
  if (exportType !== undefined && exportType !== "FULL_EXPORT" && exportType !== "INCREMENTAL_EXPORT") {
    throw damaged(place, SUMMARY_NAME, `is of an export of the type ${JSON.stringify(exportType)}`);
  }
  if (outputFormat === "DYNAMODB_JSON") return;
  if (outputFormat === "ION") {
    throw new DdbrError("usage", "is an export in Amazon Ion, which is not read here", {
      subject: subjectOf(place, SUMMARY_NAME),
      hint: "export the table once more, with --export-format DYNAMODB_JSON",
    });
  }
  throw damaged(place, SUMMARY_NAME, "does not say in which form the items are");
}

function dataFile(place: ExportPlace, line: unknown, summary: Partial<Summary>): CheckedFile {
  const { itemCount, md5Checksum, dataFileS3Key } = (line ?? {}) as Partial<DataFile>;
  if (
    typeof itemCount !== "number" ||
    typeof md5Checksum !== "string" ||
    typeof dataFileS3Key !== "string" ||
    keyProblem(dataFileS3Key) !== undefined
  ) {
    throw damaged(place, FILES_NAME, "has a line that names no file with its count and checksum");
  }
  return {
    key: placeOfData(place, dataFileS3Key, summary.manifestFilesS3Key),
    lines: itemCount,
    checksum: { algorithm: "md5", digest: md5Checksum },
  };
}

/**
 * Keys are from the root of the bucket that was exported to, with its prefix. The export may have been copied since, to
 * wherever and under another name: only how its files lie to each other counts.
 */
function placeOfData(place: ExportPlace, key: string, manifestKey: unknown): string {
  const own = typeof manifestKey === "string" ? belowExports(manifestKey).split("/", 1)[0] : undefined;
  const [folder, ...rest] = belowExports(key).split("/");
  // Those of a full export are in its folder, those of incremental ones in a folder beside all of them.
  return folder === own ? inFolder(place, rest.join("/")) : [folder, ...rest].join("/");
}

function belowExports(key: string): string {
  const start = `/${key}`.lastIndexOf(`/${EXPORTS_FOLDER}/`);
  return start < 0 ? key : key.slice(start + EXPORTS_FOLDER.length + 1);
}

function inFolder({ folder }: ExportPlace, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

function subjectOf(place: ExportPlace, name: string): string {
  return `${place.store.location.text}/${inFolder(place, name)}`;
}

function damaged(place: ExportPlace, name: string, problem: string, cause?: unknown): DdbrError {
  const hint = "it was changed after it was written: take another copy";
  return new DdbrError("damaged", problem, { subject: subjectOf(place, name), hint, cause });
}
