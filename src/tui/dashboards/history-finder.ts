import { exactCount } from "../format/numbers.ts";
import { VersionSearch } from "../state/history/version-search.ts";
import type { HistorySession } from "./history-session.ts";

/** Searches the versions for a text, and goes to those that have it. */
export class HistoryFinder {
  readonly #session: HistorySession;
  search: VersionSearch | undefined;

  constructor(session: HistorySession) {
    this.#session = session;
  }

  get progress(): string | undefined {
    if (!this.search || this.search.over) return undefined;
    const { finder, hits, searched, total } = this.search;
    const place = `${exactCount(searched)} of ${exactCount(total)}`;
    return `searching "${finder.text}": found in ${exactCount(hits)}, searched ${place}  Esc stops`;
  }

  /** False when no search goes on. */
  stop(): boolean {
    if (!this.search || this.search.over) return false;
    this.search.stop();
    return true;
  }

  isHit(version: number): boolean {
    return this.search?.isHit(version) ?? false;
  }

  start(text: string): void {
    this.search?.stop();
    const start = this.#session.view.selected;
    const search = new VersionSearch(text, {
      versions: this.#order(start),
      read: (version, signal) => this.#session.reader.read(version, signal),
      signal: this.#session.ended,
      changed: this.#session.changed,
      first: (version) => {
        // Who has moved on meanwhile is not taken away.
        if (this.search === search && this.#session.view.selected === start) this.#show(version);
      },
    });
    this.search = search;
    void search.run().then(() => {
      if (this.search === search) this.#tell(search);
    });
  }

  /** Goes to the next version, older (1) or newer (-1), that has the text. */
  goToNext(by: 1 | -1): void {
    const { search } = this;
    if (search === undefined) {
      this.#session.say("nothing was searched for yet: / searches");
      return;
    }
    const { timeline, view } = this.#session;
    const { count } = timeline;
    const from = timeline.positionOf(view.selected);
    for (let at = from + by; at !== from + by * (count + 1); at += by) {
      const version = timeline.versionAt((at + count) % count)!;
      if (!search.isHit(version)) continue;
      this.#show(version);
      const around = at >= 0 && at < count ? "" : `, from the ${by > 0 ? "newest" : "oldest"} on`;
      this.#session.say(`"${search.finder.text}" in ${search.attributeOf(version)}${around}`);
      return;
    }
    this.#session.say(search.over ? `"${search.finder.text}" was not found` : "nothing found yet");
  }

  /** From the selected one to older ones, then from the newest on; what has no item to search is left out. */
  #order(start: number): number[] {
    const { timeline } = this.#session;
    const from = timeline.positionOf(start);
    const all = Array.from(
      { length: timeline.count },
      (_, step) => timeline.versionAt((from + step) % timeline.count)!,
    );
    return all.filter((version) => !/^(deleted|archived)$/.test(timeline.happened(version).kind));
  }

  #tell({ finder, hits, searched, total, unreadable, stopped }: VersionSearch): void {
    const found = `"${finder.text}" ${hits === 0 ? "was not found" : `found in ${exactCount(hits)}`}`;
    const where = stopped ? `in the ${exactCount(searched)} searched of` : "of";
    const more = `${unreadable > 0 ? `, ${exactCount(unreadable)} not readable` : ""}${hits > 1 ? "  n N next" : ""}`;
    this.#session.say(`${found} ${where} ${exactCount(total)} versions${more}`, hits > 0 ? "good" : "warn");
  }

  #show(version: number): void {
    this.#session.goTo(version);
    this.#session.view = { ...this.#session.view, tab: "whole" };
    this.#session.seeking = true;
  }
}
