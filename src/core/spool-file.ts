import { closeSync, openSync, readSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DdbrError } from "./errors.ts";

const BUFFER_BYTES = 256 * 1024;
/** Of the free space, what the file may take at most. */
const SHARE_OF_FREE_SPACE = 0.5;

/**
 * A nameless temporary file that grows at its end; only this user can read it, and it is gone when the program ends, however it ends.
 * Throws a DdbrError `file` when there is no room, or something else is wrong with the disk.
 */
export class SpoolFile {
  /** Bytes that may be appended in all. */
  readonly capacity: number;
  readonly #directory: string;
  readonly #path: string;
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #buffered = 0;
  #written = 0;
  #named = true;

  constructor(directory = tmpdir()) {
    this.#directory = directory;
    this.#path = join(directory, `ddbr-${crypto.randomUUID()}.spool`);
    this.#file = this.#guarded(() => openSync(this.#path, "wx+", 0o600));
    // Without a name nothing is left behind. Windows can't do that.
    if (process.platform !== "win32") this.#unlink();
    const { bavail, bsize } = statfsSync(directory);
    this.capacity = bavail * bsize * SHARE_OF_FREE_SPACE;
  }

  get size(): number {
    return this.#written + this.#buffered;
  }

  /** Returns where the text begins. */
  append(text: string): number {
    const offset = this.size;
    const length = Buffer.byteLength(text);
    if (length > BUFFER_BYTES - this.#buffered) this.#flush();
    if (length > BUFFER_BYTES) this.#write(Buffer.from(text));
    else this.#buffered += this.#buffer.write(text, this.#buffered);
    return offset;
  }

  read(offset: number, length: number): Buffer {
    if (offset + length > this.#written) this.#flush();
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const count = readSync(this.#file, bytes, read, length - read, offset + read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  }

  close(): void {
    closeSync(this.#file);
    if (this.#named) this.#unlink();
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  #write(bytes: Buffer): void {
    let done = 0;
    while (done < bytes.length) {
      const [from, at] = [done, this.#written + done];
      done += this.#guarded(() => writeSync(this.#file, bytes, from, bytes.length - from, at));
    }
    this.#written += done;
  }

  #guarded<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw new DdbrError("file", `cannot be written to: ${(error as Error).message}`, {
        subject: this.#directory,
        hint: "make room there, or name another directory in TMPDIR",
        cause: error,
      });
    }
  }

  #unlink(): void {
    unlinkSync(this.#path);
    this.#named = false;
  }
}
