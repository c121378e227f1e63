import { closeSync, openSync, readSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BUFFER_BYTES = 256 * 1024;
/** Of the free space, what the file may take at most. */
const SHARE_OF_FREE_SPACE = 0.5;

/** A nameless temporary file that grows at its end; only this user can read it. Throws what the file system throws. */
export class SpoolFile {
  /** Bytes that may be appended in all. */
  readonly capacity: number;
  readonly #path: string;
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #buffered = 0;
  #written = 0;
  #named = true;

  constructor(directory = tmpdir()) {
    this.#path = join(directory, `ddbr-${crypto.randomUUID()}.spool`);
    this.#file = openSync(this.#path, "wx+", 0o600);
    // Without a name nothing is left behind, however the program ends. Windows can't do that.
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
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#written + done);
    }
    this.#written += done;
  }

  #unlink(): void {
    unlinkSync(this.#path);
    this.#named = false;
  }
}
