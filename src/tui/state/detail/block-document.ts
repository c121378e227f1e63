import type { Line } from "../../format/spans.ts";
import type { Block } from "./signed-block.ts";

/** Blocks below each other, as lines. */
export class BlockDocument {
  readonly #blocks: readonly Block[];
  /** First line of each block. */
  readonly #starts: number[] = [];
  readonly lines: number;

  constructor(blocks: readonly Block[]) {
    this.#blocks = blocks;
    let lines = 0;
    for (const block of blocks) {
      this.#starts.push(lines);
      lines += block.lines;
    }
    this.lines = lines;
  }

  line(index: number): Line {
    const block = this.#blockAt(index);
    return this.#blocks[block]!.line(index - this.#starts[block]!);
  }

  /** First line behind `line` where a change is to be seen. */
  changeAfter(line: number): number | undefined {
    for (let block = Math.max(0, this.#blockAt(line)); block < this.#blocks.length; block++) {
      const { firstChange } = this.#blocks[block]!;
      if (firstChange === undefined) continue;
      const change = this.#starts[block]! + firstChange;
      if (change > line) return change;
    }
    return undefined;
  }

  #blockAt(line: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle]! <= line) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
