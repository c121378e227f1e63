import { SpoolFile } from "../spool-file.ts";

/** Enough that a partition of a hundred million records still fits into memory at once. */
export const PARTITIONS = 256;

/** Of a text that begins with hex digits of a hash, which spread evenly. */
export function partitionOf(text: string): number {
  return Number.parseInt(text.slice(0, 2), 16);
}

const BLOCK_CHARACTERS = 8 * 1024;

interface Block {
  offset: number;
  length: number;
}

/**
 * Lines on disk, in partitions that can be read back one by one: what is joined with them need not fit into memory. In a
 * nameless temporary file, which is gone when the program ends, however it ends.
 */
export class PartitionedSpool {
  readonly #file = new SpoolFile();
  readonly #open: string[] = new Array(PARTITIONS).fill("");
  readonly #blocks: Block[][] = Array.from({ length: PARTITIONS }, () => []);

  /** @param line without a line break */
  add(partition: number, line: string): void {
    const text = `${this.#open[partition]}${line}\n`;
    if (text.length < BLOCK_CHARACTERS) {
      this.#open[partition] = text;
      return;
    }
    this.#open[partition] = "";
    this.#write(partition, text);
  }

  lines(partition: number): string[] {
    const read = this.#blocks[partition]!.map(({ offset, length }) =>
      this.#file.read(offset, length).toString(),
    );
    const text = read.join("") + this.#open[partition];
    return text === "" ? [] : text.slice(0, -1).split("\n");
  }

  close(): void {
    this.#file.close();
  }

  #write(partition: number, text: string): void {
    const offset = this.#file.append(text);
    this.#blocks[partition]!.push({ offset, length: this.#file.size - offset });
  }
}
