import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { TestPlace } from "../../helpers/stores.ts";

export type Wire = Record<string, unknown>;

/** One record's line of an incremental export. */
export interface ExportedChange {
  keys: Wire;
  before?: Wire;
  after?: Wire;
}

const ID = "01693685827463-2d8752fd";
const TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/ProductCatalog";

const md5 = (bytes: string | Uint8Array) => createHash("md5").update(bytes).digest("base64");

export interface ExportSettings {
  /** Below which the export was made, with a slash at its end. */
  prefix?: string;
  id?: string;
  /** How many partitions' files. */
  files?: number;
  checksums?: ".md5" | ".checksum";
  /** Changes the summary before it is written. */
  summary?: (summary: Wire) => Wire;
  /** Changes a line of the other manifest. */
  file?: (file: Wire) => unknown;
}

/** What was written, by keys of the place. */
export interface WrittenExport {
  /** The export's own folder. */
  folder: string;
  data: string[];
}

/** A full export as DynamoDB writes one. */
export function writeFullExport(place: TestPlace, items: Wire[], settings: ExportSettings = {}) {
  const lines = items.map((Item) => ({ Item }));
  return writeExport(place, lines, settings, `${settings.id ?? ID}/data`, {
    version: "2020-06-30",
    exportTime: "2026-11-04T07:28:34.028Z",
  });
}

/** An incremental one; with old images or without. */
export function writeIncrementalExport(
  place: TestPlace,
  changes: ExportedChange[],
  view: "NEW_AND_OLD_IMAGES" | "NEW_IMAGE",
  settings: ExportSettings = {},
) {
  const lines = changes.map(({ keys, before, after }) => ({
    Metadata: { WriteTimestampMicros: { N: "1680109764000000" } },
    Keys: keys,
    ...(before !== undefined && view === "NEW_AND_OLD_IMAGES" && { OldImage: before }),
    ...(after !== undefined && { NewImage: after }),
  }));
  return writeExport(place, lines, settings, "data", {
    version: "2023-08-01",
    exportFromTime: "2026-11-03T06:00:00.000Z",
    exportToTime: "2026-11-03T18:00:00.000Z",
    outputView: view,
    exportType: "INCREMENTAL_EXPORT",
  });
}

async function writeExport(
  place: TestPlace,
  lines: unknown[],
  settings: ExportSettings,
  dataFolder: string,
  facts: Wire,
): Promise<WrittenExport> {
  const { prefix = "", id = ID, files: count = 3, checksums = ".md5" } = settings;
  const base = `${prefix}AWSDynamoDB`;
  const folder = `${base}/${id}`;
  const shares: unknown[][] = Array.from({ length: count }, () => []);
  for (const [at, line] of lines.entries()) shares[at % count]!.push(line);
  const manifest: unknown[] = [];
  const data: string[] = [];
  for (const [at, share] of shares.entries()) {
    const bytes = gzipSync(share.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const key = `${base}/${dataFolder}/${"abcdefghijklmnopqrstuvwxyz"[at]}asdl123dasas.json.gz`;
    await place.put(key, bytes);
    data.push(key);
    const file = {
      itemCount: share.length,
      md5Checksum: md5(bytes),
      etag: "af83d6f217c19b8b0fff8023d8ca4716-1",
      dataFileS3Key: key,
    };
    manifest.push(settings.file?.(file) ?? file);
  }
  const summary = {
    exportArn: `${TABLE}/export/${id}`,
    startTime: "2026-11-04T07:28:34.028Z",
    endTime: "2026-11-04T07:33:43.897Z",
    tableArn: TABLE,
    tableId: "12345a12-abcd-123a-ab12-1234abc12345",
    s3Bucket: "ddb-productcatalog-export",
    s3Prefix: prefix === "" ? null : prefix.replace(/\/$/, ""),
    s3SseAlgorithm: "AES256",
    s3SseKmsKeyId: null,
    manifestFilesS3Key: `${folder}/manifest-files.json`,
    billedSizeBytes: 1234,
    itemCount: lines.length,
    outputFormat: "DYNAMODB_JSON",
    ...facts,
  };
  await place.put(`${folder}/_started`, "");
  const parts = {
    "manifest-files": manifest.map((file) => `${JSON.stringify(file)}\n`).join(""),
    "manifest-summary": JSON.stringify(settings.summary?.(summary) ?? summary),
  };
  for (const [name, text] of Object.entries(parts)) {
    await place.put(`${folder}/${name}.json`, text);
    await place.put(`${folder}/${name}${checksums}`, md5(text));
  }
  return { folder, data };
}
