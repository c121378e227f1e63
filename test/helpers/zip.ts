import { inflateRawSync } from "node:zlib";

export type ZipEntry = {
  name: string;
  /** Of Unix, such as 0o100644. */
  mode: number;
  content: Buffer;
};

const END = 0x06054b50;
const END_BYTES = 22;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const FILE_BYTES = 30;
const DEFLATED = 8;

/** What a ZIP file without a comment holds, by its central directory. */
export function readZip(zip: Buffer): ZipEntry[] {
  const end = zip.length - END_BYTES;
  if (zip.readUInt32LE(end) !== END) throw new Error("no ZIP file ends so");
  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Error(`no entry of a ZIP file at ${at}`);
    const nameBytes = zip.readUInt16LE(at + 28);
    const start = zip.readUInt32LE(at + 42);
    const data = start + FILE_BYTES + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    const packed = zip.subarray(data, data + zip.readUInt32LE(at + 20));
    entries.push({
      name: zip.toString("utf8", at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes),
      mode: zip.readUInt32LE(at + 38) >>> 16,
      content: zip.readUInt16LE(at + 10) === DEFLATED ? inflateRawSync(packed) : packed,
    });
    at += ENTRY_BYTES + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}
