import type { Discrepancy } from "../../../core/diff/discrepancy.ts";
import type { Line } from "../../format/spans.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";
import type { SideLabels } from "../run-state.ts";
import { attributeBlock, type Block } from "./attribute-block.ts";
import { type Columns, chooseColumns } from "./columns.ts";

/** A record's attributes, both sides, as lines; each line is made when it is looked at. */
export class DetailDocument {
  readonly columns: Columns;
  readonly #blocks: Block[];
  /** First line of each block. */
  readonly #starts: number[] = [];
  readonly lines: number;

  constructor(discrepancy: Discrepancy, width: number, glyphs: Glyphs, labels: SideLabels) {
    this.columns = chooseColumns(discrepancy, width, glyphs, labels);
    this.#blocks = discrepancy.attributes.map((attribute) => attributeBlock(attribute, this.columns, glyphs));
    let lines = 0;
    for (const block of this.#blocks) {
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
      const change = this.#starts[block]! + this.#blocks[block]!.firstChange;
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
