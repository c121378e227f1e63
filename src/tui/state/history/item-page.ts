import type { WireItem } from "../../../core/item/attribute-value.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { BlockDocument } from "../detail/block-document.ts";
import { changeDocument } from "./change-document.ts";
import { type Compared, type Comparison, comparisonOf } from "./comparison.ts";
import type { Content } from "./content.ts";
import type { TextFinder } from "./find-text.ts";
import type { HistoryView } from "./history-view.ts";
import { itemDocument } from "./item-document.ts";
import type { Timeline } from "./timeline.ts";

/** What the item's pane shows: lines, or why there are none. */
export type ItemPage =
  | { kind: "document"; document: BlockDocument; caption: string }
  | { kind: "note"; text: string; tone: "dim" | "bad" | "warn"; caption: string };

/** Where pages get what they show. */
export interface PageSource {
  timeline: Timeline;
  key: readonly string[];
  version(version: number): Content;
  table(): Content;
  /** Changes when the table's item was read anew. */
  tableReading(): number;
  finder(): TextFinder | undefined;
}

/** Bytes of items from which on a page takes longer to be made than a key is held. */
const LARGE = 64 * 1024;

/** Remembers the page shown last, so that making it happens once, not with every drawing. */
export class ItemPager {
  readonly #source: PageSource;
  #made: { of: string; page: ItemPage } | undefined;

  constructor(source: PageSource) {
    this.#source = source;
  }

  /**
   * @param width columns for the lines
   * @param later there is no time now to make a page of large items: one that was not made before says so
   */
  page(view: HistoryView, width: number, canvas: Canvas, later = false): ItemPage {
    const comparison = comparisonOf(view, this.#source.timeline);
    const of = this.#nameOf(view, comparison, width);
    if (this.#made?.of === of) return this.#made.page;
    if (later && this.#isLarge(view)) {
      return { kind: "note", text: canvas.glyphs.ellipsis, tone: "dim", caption: comparison?.caption ?? "" };
    }
    const page = comparison
      ? this.#change(comparison, width, canvas)
      : this.#whole(view.selected, width, canvas);
    if (page.kind === "document") this.#made = { of, page };
    return page;
  }

  /** Versions whose images the page is made of. */
  needs(view: HistoryView): number[] {
    const comparison = comparisonOf(view, this.#source.timeline);
    const sides = comparison ? [comparison.after, comparison.before] : [{ version: view.selected }];
    return sides.flatMap((side) => (typeof side === "object" ? [side.version] : []));
  }

  #isLarge(view: HistoryView): boolean {
    const bytes = this.needs(view).reduce(
      (sum, version) => sum + this.#source.timeline.listed(version).size,
      0,
    );
    return bytes > LARGE;
  }

  #change({ before, after, caption }: Comparison, width: number, canvas: Canvas): ItemPage {
    const [then, now] = [this.#content(before), this.#content(after)];
    const note = noteOf(now, wordsOf(after)) ?? noteOf(then, wordsOf(before));
    if (note) return { ...note, caption };
    const document = changeDocument(itemOf(then), itemOf(now), width, canvas.glyphs);
    if (document.changeAfter(-1) === undefined) return { ...sameNote(itemOf(now)), caption };
    return { kind: "document", document, caption };
  }

  #whole(version: number, width: number, { glyphs }: Canvas): ItemPage {
    const caption = "as it was";
    const content = this.#source.version(version);
    const note = noteOf(content, "this version");
    if (note) return { ...note, caption };
    const item = itemOf(content);
    if (item === undefined)
      return { kind: "note", text: "deleted: there is no item in this version", tone: "dim", caption };
    const { key, finder } = this.#source;
    return {
      kind: "document",
      document: itemDocument(item, { width, glyphs, key, finder: finder() }),
      caption,
    };
  }

  #content(side: Compared): Content {
    if (side === "nothing") return { kind: "item", item: undefined };
    return side === "table" ? this.#source.table() : this.#source.version(side.version);
  }

  #nameOf(view: HistoryView, comparison: Comparison | undefined, width: number): string {
    const side = (compared: Compared) => (typeof compared === "object" ? compared.version : compared);
    const what = comparison
      ? `${side(comparison.before)} ${side(comparison.after)} ${comparison.caption} ${this.#source.tableReading()}`
      : `${view.selected} ${this.#source.finder()?.text}`;
    return `${view.tab} ${width} ${what}`;
  }
}

function itemOf(content: Content): WireItem | undefined {
  return content.kind === "item" ? content.item : undefined;
}

function wordsOf(side: Compared): string {
  return side === "table" ? "the table's item" : "a version";
}

type Note = Pick<Extract<ItemPage, { kind: "note" }>, "kind" | "text" | "tone">;

function noteOf(content: Content, what: string): Note | undefined {
  if (content.kind === "reading") return { kind: "note", text: `reading ${what}`, tone: "dim" };
  if (content.kind === "item") return undefined;
  const { reason } = content;
  return reason === "archived"
    ? {
        kind: "note",
        text: `${what} is archived: it can be read once it was restored from the archive`,
        tone: "warn",
      }
    : { kind: "note", text: `${what} is not readable: ${reason}`, tone: "bad" };
}

function sameNote(item: WireItem | undefined): Note {
  const text = item === undefined ? "no item on either side" : "no difference";
  return { kind: "note", text, tone: "dim" };
}
