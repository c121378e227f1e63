import { describeError } from "../../../core/errors.ts";
import type { WireItem } from "../../../core/item/attribute-value.ts";
import type { Content } from "./content.ts";

/** The table's item as it is now: read when it is first looked at, and again when it may have changed. */
export class PresentItem {
  readonly #load: (() => Promise<WireItem | undefined>) | undefined;
  readonly #changed: () => void;
  #content: Content | undefined;
  /** Counts up whenever it is to be read anew. */
  reading = 0;

  /** @param load absent when there is no table */
  constructor(load: (() => Promise<WireItem | undefined>) | undefined, changed: () => void) {
    this.#load = load;
    this.#changed = changed;
  }

  /** Whether there is a table. */
  get known(): boolean {
    return this.#load !== undefined;
  }

  content(): Content {
    if (this.#content === undefined) void this.#read();
    return this.#content ?? { kind: "reading" };
  }

  forget(): void {
    this.#content = undefined;
    this.reading++;
  }

  async #read(): Promise<void> {
    const { reading } = this;
    this.#content = { kind: "reading" };
    const content = await this.#loaded();
    if (reading !== this.reading) return;
    this.#content = content;
    this.#changed();
  }

  async #loaded(): Promise<Content> {
    if (this.#load === undefined) return { kind: "problem", reason: "there is no table" };
    try {
      return { kind: "item", item: await this.#load() };
    } catch (error) {
      return { kind: "problem", reason: describeError(error) };
    }
  }
}
