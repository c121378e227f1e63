import type { Transform } from "node:stream";
import { createGzip, createZstdCompress } from "node:zlib";

export const COMPRESSIONS = ["gzip", "zstd", "none"] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** What files of this compression are called at their end. */
export const SUFFIXES: Readonly<Record<Compression, string>> = { gzip: ".gz", zstd: ".zst", none: "" };

/** Fewer, larger pieces cost less to hand on. */
const CHUNK_BYTES = 256 * 1024;

/** A stream that compresses in a thread of its own; undefined where nothing is to be done. */
export function createCompressor(compression: Compression): Transform | undefined {
  if (compression === "none") return undefined;
  return compression === "gzip"
    ? createGzip({ chunkSize: CHUNK_BYTES })
    : createZstdCompress({ chunkSize: CHUNK_BYTES });
}
