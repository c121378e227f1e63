import { compareImages } from "../../../core/diff/discrepancy.ts";
import {
  groupedByEvent,
  type HistoryImage,
  type HistoryVersion,
  inEventOrder,
  type RecordedEvent,
  type RecordHistory,
  standsForEvent,
} from "../../../core/history/record-history.ts";
import { compareSequences } from "../../../core/stream/sequence.ts";
import { cut } from "../../format/text.ts";
import type { Happened } from "./happened.ts";

/** What stays known of a version that was read, when its image is held no longer. */
interface Facts {
  recorded: RecordedEvent;
  problem?: string;
  change?: { before: number; attributes: readonly string[] };
}

export interface VersionTime {
  /** Milliseconds since 1970. */
  at: number;
  /** Whether it is known by the millisecond. */
  exact: boolean;
}

/** Names kept of what changed, and their length: more than the widest screen shows. */
const MOST_NAMES = 20;
const LONGEST_NAME = 100;

/** Which image of a version is held. */
export type Images = (version: number) => HistoryImage | undefined;

/**
 * The versions of a record and what is known of each so far. A version is its index in the listing, which never changes;
 * its position is its place in the order of events, which becomes known as versions are read. 0 is the newest.
 * Of an event that was stored more than once, one version counts as soon as that is known, and stands for the others.
 */
export class Timeline {
  readonly #history: RecordHistory;
  readonly #facts: (Facts | undefined)[] = [];
  /** In the order of events: all, and those that count. */
  #all: number[];
  #order: number[];
  #positions: number[];

  constructor(history: RecordHistory) {
    this.#history = history;
    this.#all = history.versions.map((_, index) => index);
    this.#order = this.#all;
    this.#positions = [...this.#all];
  }

  get count(): number {
    return this.#order.length;
  }

  versionAt(position: number): number | undefined {
    return this.#order[position];
  }

  positionOf(version: number): number {
    return this.#positions[version]!;
  }

  /** The version that stands for its event. */
  standingFor(version: number): number {
    return this.#order[this.positionOf(version)]!;
  }

  /** The version before it; undefined for the oldest. */
  olderThan(version: number): number | undefined {
    return this.#order[this.positionOf(version) + 1];
  }

  listed(version: number): HistoryVersion {
    return this.#history.versions[version]!;
  }

  recorded(version: number): RecordedEvent | undefined {
    return this.#facts[version]?.recorded;
  }

  time(version: number): VersionTime {
    const at = this.#facts[version]?.recorded.at;
    if (at !== undefined) return { at, exact: true };
    const { modified } = this.listed(version);
    return { at: modified, exact: modified % 1000 !== 0 };
  }

  happened(version: number): Happened {
    const { deleted, archived } = this.listed(version);
    const facts = this.#facts[version];
    if (deleted) return { kind: "deleted" };
    // The listing says so also of what has been restored from the archive: reading tells.
    if (facts === undefined ? archived : facts.problem === "archived") return { kind: "archived" };
    if (facts?.problem !== undefined) return { kind: "unreadable", reason: facts.problem };
    const older = this.olderThan(version);
    if (older === undefined) return { kind: this.#first(facts) };
    if (this.listed(older).deleted) return { kind: "restored" };
    if (facts === undefined) return { kind: "unread" };
    if (facts.change?.before === older) {
      const { attributes } = facts.change;
      return attributes.length > 0 ? { kind: "changed", attributes } : { kind: "unchanged" };
    }
    return this.#hasNoItem(older) ? { kind: "changed", attributes: [] } : { kind: "unread" };
  }

  /** Versions that have to be read so that all can be said of this one. */
  missing(version: number, held: (version: number) => boolean): number[] {
    if (this.#facts[version] === undefined) return [version];
    if (this.happened(version).kind !== "unread") return [];
    return [version, this.olderThan(version)!].filter((needed) => !held(needed));
  }

  /** Takes in what was read. */
  learn(version: number, { recorded, problem }: HistoryImage, images: Images): void {
    this.#facts[version] = { ...this.#facts[version], recorded, ...(problem !== undefined && { problem }) };
    if (this.#isInOrder(version)) {
      this.#learnChange(version, images);
      const newer = this.#order[this.positionOf(version) - 1];
      if (newer !== undefined) this.#learnChange(newer, images);
    } else {
      this.#reorder();
      for (const each of this.#order) this.#learnChange(each, images);
    }
  }

  /** Has the version read once more. */
  forget(version: number): void {
    this.#facts[version] = undefined;
  }

  /** Versions that could not be read. */
  unreadable(): number[] {
    return this.#order.filter((version) => this.happened(version).kind === "unreadable");
  }

  #first(facts: Facts | undefined): Happened["kind"] & ("created" | "stored" | "unread") {
    if (facts === undefined) return "unread";
    const { event } = facts.recorded;
    if (event === "MODIFY" || (event === undefined && !this.#history.keepsVersions)) return "stored";
    return "created";
  }

  #hasNoItem(version: number): boolean {
    return this.#facts[version]?.problem !== undefined;
  }

  #learnChange(version: number, images: Images): void {
    const before = this.olderThan(version);
    const facts = this.#facts[version];
    if (before === undefined || facts === undefined || facts.change?.before === before) return;
    const [now, then] = [images(version)?.item, images(before)?.item];
    if (now === undefined || then === undefined) return;
    const names = compareImages({}, then, now)?.attributes.map(({ name }) => name) ?? [];
    facts.change = { before, attributes: names.slice(0, MOST_NAMES).map((name) => cut(name, LONGEST_NAME)) };
  }

  /** Looks at the nearest versions whose sequence is known: nearly always the listing's order is the true one. */
  #isInOrder(version: number): boolean {
    if (this.#sequence(version) === undefined) return true;
    const position = this.positionOf(version);
    const newer = this.#sequencedFrom(position - 1, -1);
    const older = this.#sequencedFrom(position + 1, 1);
    return this.#areInOrder(newer, version) && this.#areInOrder(version, older);
  }

  #sequencedFrom(position: number, step: 1 | -1): number | undefined {
    for (let at = position; at >= 0 && at < this.count; at += step) {
      if (this.#sequence(this.#order[at]!) !== undefined) return this.#order[at];
    }
    return undefined;
  }

  #areInOrder(newer: number | undefined, older: number | undefined): boolean {
    if (newer === undefined || older === undefined) return true;
    return compareSequences(this.#sequence(newer)!, this.#sequence(older)!) > 0;
  }

  #reorder(): void {
    const sequenceOf = (version: number) => this.#sequence(version);
    this.#all = inEventOrder(this.#all, sequenceOf);
    const groups = groupedByEvent(this.#all, sequenceOf);
    this.#order = groups.map((group) => standsForEvent(group, (version) => !this.#hasNoItem(version)));
    for (const [position, group] of groups.entries()) {
      for (const version of group) this.#positions[version] = position;
    }
  }

  #sequence(version: number): string | undefined {
    return this.#facts[version]?.recorded.sequence;
  }
}
