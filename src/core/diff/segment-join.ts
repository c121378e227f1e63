import type { WireItem } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { type Digest, digestOf } from "../item/digest.ts";
import { equalItems } from "../item/equal.ts";
import type { Side } from "./diff-events.ts";

/** An item that waits for its partner from the other side. */
export interface WaitingItem {
  side: Side;
  /** See keyString. */
  key: string;
  digest: Digest;
}

/** What an arriving item meets: nobody yet, an equal partner, or a different one. */
export type Arrival = "waiting" | "equal" | { primary: Digest; replica: Digest };

/** What an entry costs beside its key's text: map slot, object and digest, as measured. */
const ENTRY_BYTES = 200;

/**
 * How many positions an item may lie behind the latest match before it counts as passed over. Within one page
 * order may be disturbed by writes going on.
 */
const SLACK = 256;

/** Matches out of order, as a share, above which the two sides count as laid in different orders. */
const DISORDER = 0.02;

interface Entry {
  position: number;
  /** The item itself while its page is the latest; its digest afterwards. */
  item: WireItem | undefined;
  digest: Digest | undefined;
}

interface SideState {
  waiting: Map<string, Entry>;
  /** What is left waiting of the latest page. */
  fresh: Entry[];
  /** Items that have arrived. */
  position: number;
  /** Position of the latest item that found its partner. */
  matched: number;
  /** Position and key of the latest item that no longer waits: it met its partner, or was taken out. */
  settled: number;
  settledKey: string | undefined;
}

/**
 * Joins the items of a segment pair by key: the first to arrive waits, and when its partner comes both go.
 * Where both sides are laid in the same order few wait, and those that the other side has passed over
 * can be told early; where they aren't, all that is lost is memory and look-ups.
 *
 * Where order holds a partner comes within a page or so, and two items at hand are compared several times faster
 * than two digests are made. So an item waits as it is until the next page of its side, and as a digest from then on.
 */
export class SegmentJoin {
  readonly #sides: Record<Side, SideState> = { primary: newSide(), replica: newSide() };
  readonly #ignored: Ignored | undefined;
  #bytes = 0;
  #matches = 0;
  #disordered = 0;

  constructor(ignored?: Ignored) {
    this.#ignored = ignored;
  }

  /** Bytes held by waiting items, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** To be called before the items of each page. */
  beginPage(side: Side): void {
    const state = this.#sides[side];
    for (const entry of state.fresh) this.#digest(entry);
    state.fresh = [];
  }

  arrive(side: Side, key: string, item: WireItem): Arrival {
    const own = this.#sides[side];
    const other = this.#sides[side === "primary" ? "replica" : "primary"];
    own.position++;
    const partner = other.waiting.get(key);
    if (partner === undefined) {
      if (!own.waiting.has(key)) this.#bytes += ENTRY_BYTES + key.length;
      const entry = { position: own.position, item, digest: undefined };
      own.waiting.set(key, entry);
      own.fresh.push(entry);
      return "waiting";
    }
    other.waiting.delete(key);
    this.#bytes -= ENTRY_BYTES + key.length;
    this.#matches++;
    if (partner.position + SLACK < other.matched) this.#disordered++;
    other.matched = Math.max(other.matched, partner.position);
    own.matched = own.position;
    settle(own, own.position, key);
    settle(other, partner.position, key);
    return this.#meet(side, item, partner);
  }

  /** How many items of this side have arrived since the latest one that found its partner. */
  lead(side: Side): number {
    return this.#sides[side].position - this.#sides[side].matched;
  }

  /**
   * Takes out items that the other side has passed over, as far as order can be relied on: up to `limit`,
   * and none as long as there are fewer than `atLeast`.
   */
  takePassedOver(side: Side, atLeast: number, limit: number): WaitingItem[] {
    if (this.#disordered > this.#matches * DISORDER) return [];
    const before = this.#sides[side].matched - SLACK;
    const passed = this.#oldest(side, limit, (position) => position < before);
    return passed.length < atLeast ? [] : this.#remove(passed);
  }

  /** Takes out up to `limit` items, those that have waited longest first. */
  takeOldest(side: Side, limit: number): WaitingItem[] {
    return this.#remove(this.#oldest(side, limit, () => true));
  }

  waiting(side: Side): number {
    return this.#sides[side].waiting.size;
  }

  /**
   * Forgets the items of a side that came after the latest one that no longer waits, so that its scan can go on after that
   * one later. Undefined when all of them wait.
   */
  rewind(side: Side): { after: string; items: number } | undefined {
    const state = this.#sides[side];
    const { settled, settledKey, position } = state;
    if (settledKey === undefined) return undefined;
    for (const [key, entry] of state.waiting) {
      if (entry.position <= settled) continue;
      state.waiting.delete(key);
      this.#bytes -= ENTRY_BYTES + key.length;
    }
    return { after: settledKey, items: position - settled };
  }

  #oldest(side: Side, limit: number, wanted: (position: number) => boolean): WaitingItem[] {
    const oldest: WaitingItem[] = [];
    // A Map keeps the order of arrival, so what comes first has waited longest.
    for (const [key, entry] of this.#sides[side].waiting) {
      if (oldest.length === limit || !wanted(entry.position)) break;
      oldest.push({ side, key, digest: this.#digest(entry) });
    }
    return oldest;
  }

  #meet(side: Side, item: WireItem, partner: Entry): Arrival {
    const theirs = partner.item;
    // Out of the list of fresh ones it cannot be taken cheaply, but its item need not be kept any longer.
    partner.item = undefined;
    if (theirs !== undefined && equalItems(item, theirs, this.#ignored)) return "equal";
    const digest = digestOf(item, this.#ignored);
    const partnerDigest = partner.digest ?? digestOf(theirs!, this.#ignored);
    if (digest === partnerDigest) return "equal";
    return side === "primary"
      ? { primary: digest, replica: partnerDigest }
      : { primary: partnerDigest, replica: digest };
  }

  #digest(entry: Entry): Digest {
    if (entry.item !== undefined) {
      entry.digest = digestOf(entry.item, this.#ignored);
      entry.item = undefined;
    }
    return entry.digest!;
  }

  #remove(items: WaitingItem[]): WaitingItem[] {
    for (const { side, key } of items) {
      const state = this.#sides[side];
      settle(state, state.waiting.get(key)!.position, key);
      state.waiting.delete(key);
      this.#bytes -= ENTRY_BYTES + key.length;
    }
    return items;
  }
}

function newSide(): SideState {
  return { waiting: new Map(), fresh: [], position: 0, matched: 0, settled: 0, settledKey: undefined };
}

function settle(state: SideState, position: number, key: string): void {
  if (position <= state.settled) return;
  state.settled = position;
  state.settledKey = key;
}
