import type { Discrepancy } from "../../../core/diff/discrepancy.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { SideLabels } from "../run-state.ts";
import type { DiscrepancySpool } from "../spool/discrepancy-spool.ts";
import type { RowState } from "../spool/row-flags.ts";
import { DetailDocument } from "./detail-document.ts";

/** The record that is looked at. */
export interface OpenRecord {
  discrepancy: Discrepancy;
  document: DetailDocument;
  state: RowState;
  /** Why its repair failed. */
  reason: string | undefined;
}

/** Column of the margin on either side. */
const MARGINS = 2;

/** Remembers the record opened last, so that reading and folding it happens once, not with every drawing. */
export class RecordOpener {
  readonly #spool: DiscrepancySpool;
  #row = -1;
  #columns = 0;
  #discrepancy: Discrepancy | undefined;
  #document: DetailDocument | undefined;

  constructor(spool: DiscrepancySpool) {
    this.#spool = spool;
  }

  /** Throws when the record can't be read back. */
  open(row: number, { columns, glyphs }: Canvas, labels: SideLabels): OpenRecord {
    if (row !== this.#row) {
      this.#discrepancy = this.#spool.read(row);
      this.#document = undefined;
      this.#row = row;
    }
    if (this.#document === undefined || columns !== this.#columns) {
      this.#document = new DetailDocument(this.#discrepancy!, columns - MARGINS, glyphs, labels);
      this.#columns = columns;
    }
    return {
      discrepancy: this.#discrepancy!,
      document: this.#document,
      state: this.#spool.state(row),
      reason: this.#spool.reason(row),
    };
  }
}
