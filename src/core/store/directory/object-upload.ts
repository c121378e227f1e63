import { closeSync } from "node:fs";
import type { Metadata, Upload } from "../object-store.ts";
import { withFileErrors } from "./file-failure.ts";
import { removeFile, writeAll } from "./files.ts";
import type { ObjectPaths } from "./layout.ts";
import type { ObjectWriter } from "./object-writer.ts";
import type { TemporaryFile, TemporaryFiles } from "./temporary-files.ts";

export interface UploadParts {
  paths: ObjectPaths;
  /** For messages. */
  subject: string;
  metadata: Metadata | undefined;
  signal: AbortSignal | undefined;
  file: TemporaryFile;
  temporary: TemporaryFiles;
  writer: ObjectWriter;
  told(bytes: number): void;
}

/** A large object: a temporary file that grows, and becomes the object when it is complete. */
export class DirectoryUpload implements Upload {
  readonly #parts: UploadParts;
  /** Ends when all that was given is written. */
  #written: Promise<void> = Promise.resolve();
  #pending = 0;
  #size = 0;
  #ended = false;

  constructor(parts: UploadParts) {
    this.#parts = parts;
  }

  get partsInFlight(): number {
    return this.#pending;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#parts.signal?.throwIfAborted();
    this.#checkOpen();
    this.#pending++;
    this.#size += chunk.length;
    const { subject, file } = this.#parts;
    // After a failure nothing more is written: the rest would come to lie in the wrong place.
    this.#written = this.#written.then(() => withFileErrors(subject, () => writeAll(file.fd, chunk)));
    try {
      await this.#written;
      this.#parts.told(chunk.length);
    } finally {
      this.#pending--;
    }
  }

  async complete(): Promise<{ versionId: string; size: number }> {
    const { paths, subject, metadata, signal, file, temporary, writer } = this.#parts;
    this.#checkOpen();
    await this.#written;
    signal?.throwIfAborted();
    this.#ended = true;
    const versionId = await withFileErrors(subject, async () =>
      writer.commit(paths, await temporary.finish(file), metadata, signal),
    );
    return { versionId, size: this.#size };
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const { file } = this.#parts;
    try {
      await this.#written.catch(() => undefined);
      closeSync(file.fd);
      await removeFile(file.path);
    } catch {
      // The next run clears it away.
    }
  }

  #checkOpen(): void {
    if (this.#ended) throw new Error(`the upload of ${this.#parts.paths.key} has ended`);
  }
}
