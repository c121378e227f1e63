import type { Discrepancy } from "../../../core/diff/discrepancy.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";
import type { SideLabels } from "../run-state.ts";
import { attributeBlock } from "./attribute-block.ts";
import { BlockDocument } from "./block-document.ts";
import { type Columns, chooseColumns } from "./columns.ts";

/** A record's attributes, both sides, as lines; each line is made when it is looked at. */
export class DetailDocument extends BlockDocument {
  readonly columns: Columns;

  constructor(discrepancy: Discrepancy, width: number, glyphs: Glyphs, labels: SideLabels) {
    const columns = chooseColumns(discrepancy, width, glyphs, labels);
    super(discrepancy.attributes.map((attribute) => attributeBlock(attribute, columns, glyphs)));
    this.columns = columns;
  }
}
