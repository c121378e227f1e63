import type { FileWriter } from "../backup/file-writer.ts";

/** What has been handed to the file, and how much more of it is stored, since it was last told. */
export interface LinesTold {
  items: number;
  rawBytes: number;
  storedBytes: number;
}

const TEXT_CHARACTERS = 256 * 1024;

/** Gathers lines, so that the compressor gets them in pieces worth its while. */
export class LineBuffer {
  /** Lines taken so far. */
  items = 0;
  readonly #file: FileWriter;
  readonly #told: (more: LinesTold) => void;
  #text = "";
  #count = 0;
  #stored = 0;
  #flushing = Promise.resolve();

  constructor(file: FileWriter, told: (more: LinesTold) => void) {
    this.#file = file;
    this.#told = told;
  }

  /** Resolves when there is room for more. */
  async add(line: string): Promise<void> {
    this.#text += `${line}\n`;
    this.#count++;
    this.items++;
    if (this.#text.length >= TEXT_CHARACTERS) await this.flush();
  }

  /** Also waits for what was handed on before. */
  flush(): Promise<void> {
    const text = this.#text;
    const items = this.#count;
    this.#text = "";
    this.#count = 0;
    this.#flushing = this.#flushing.then(async () => {
      const rawBytes = text === "" ? 0 : await this.#file.write(text);
      this.#tell(items, rawBytes);
    });
    return this.#flushing;
  }

  /** Of what the file has stored since. */
  tellStored(): void {
    this.#tell(0, 0);
  }

  #tell(items: number, rawBytes: number): void {
    const storedBytes = this.#file.storedBytes - this.#stored;
    this.#stored += storedBytes;
    this.#told({ items, rawBytes, storedBytes });
  }
}
