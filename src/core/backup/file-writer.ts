import { createHash } from "node:crypto";
import { once } from "node:events";
import type { ObjectStore } from "../store/object-store.ts";
import { type Compression, createCompressor } from "./compression.ts";

/** What a finished file holds. */
export interface FileFigures {
  /** Before and after compression. */
  rawBytes: number;
  storedBytes: number;
  /** Of the file as stored; lowercase hex. */
  sha256: string;
}

/** A file in a store, written line by line; it appears when it is whole, or not at all. */
export interface FileWriter {
  /** Takes text; resolves when there is room for more. Returns how many bytes it was. */
  write(text: string): Promise<number>;
  /** Bytes stored so far, after compression. */
  readonly storedBytes: number;
  /** Requests under way. */
  readonly partsInFlight: number;
  complete(): Promise<FileFigures>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

export async function openFileWriter(
  store: ObjectStore,
  key: string,
  compression: Compression,
  signal: AbortSignal,
): Promise<FileWriter> {
  const upload = await store.upload(key, {}, signal);
  const compressor = createCompressor(compression);
  const hash = createHash("sha256");
  let rawBytes = 0;
  let storedBytes = 0;

  async function storeChunk(chunk: Uint8Array): Promise<void> {
    hash.update(chunk);
    storedBytes += chunk.length;
    await upload.write(chunk);
  }

  // What comes out of the compressor goes on by itself; its failure reaches whoever writes next, or completes.
  const drained = (async () => {
    if (compressor === undefined) return;
    for await (const chunk of compressor) await storeChunk(chunk as Buffer);
  })();
  drained.catch((error) => compressor?.destroy(error));

  return {
    get storedBytes() {
      return storedBytes;
    },
    get partsInFlight() {
      return upload.partsInFlight;
    },
    async write(text) {
      const bytes = Buffer.from(text);
      rawBytes += bytes.length;
      if (compressor === undefined) await storeChunk(bytes);
      else if (compressor.destroyed) await drained;
      else if (!compressor.write(bytes)) await Promise.race([once(compressor, "drain"), drained]);
      return bytes.length;
    },
    async complete() {
      compressor?.end();
      await drained;
      const { size } = await upload.complete();
      if (size !== storedBytes) throw new Error(`stored ${size} bytes of ${storedBytes}`);
      return { rawBytes, storedBytes, sha256: hash.digest("hex") };
    },
    async abort() {
      compressor?.destroy();
      await drained.catch(() => {});
      await upload.abort();
    },
  };
}
