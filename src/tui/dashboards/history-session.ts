import type { HistoryImage, HistoryVersion, RecordHistory } from "../../core/history/record-history.ts";
import type { WireItem } from "../../core/item/attribute-value.ts";
import { momentOf } from "../state/history/comparison.ts";
import { contentOf } from "../state/history/content.ts";
import {
  type HistoryView,
  INITIAL_VIEW,
  selectVersion,
  TABS,
  type Tab,
} from "../state/history/history-view.ts";
import { ItemPager } from "../state/history/item-page.ts";
import { PresentItem } from "../state/history/present-item.ts";
import { RestoreFlow, type RestoreOffer, type RestoreOutcome } from "../state/history/restore-flow.ts";
import { Timeline } from "../state/history/timeline.ts";
import { VersionReader } from "../state/history/version-reader.ts";
import type { ScreenOptions } from "../terminal/screen.tsx";
import type { Tone } from "../terminal/tones.ts";
import { HistoryFinder } from "./history-finder.ts";
import { HistoryTasks, itemOf } from "./history-tasks.ts";

/** What is browsed, and what can be done with it. */
export interface BrowsedHistory {
  history: RecordHistory;
  /** The table's present item, by a consistent read; absent when there is no table. */
  present?: (signal: AbortSignal) => Promise<WireItem | undefined>;
  /** Absent when nothing can be restored. */
  restore?: RestoreOffer;
  /** Writes a version's item to a new file; resolves to the file's name. */
  writeFile(version: HistoryVersion, item: WireItem): Promise<string>;
}

export interface HistoryBrowserResult {
  /** What became of every restore that was asked for, in order. */
  restores: RestoreOutcome[];
}

/** One line to the user; may hold text from outside. */
export interface Message {
  text: string;
  tone?: Tone;
}

/** Milliseconds between drawings of what changed by itself. */
const REDRAW_MS = 30;

/** The browsing of one history: what is known so far, what the user looks at, and what goes on in the background. */
export class HistorySession {
  readonly history: RecordHistory;
  readonly timeline: Timeline;
  readonly reader: VersionReader;
  readonly pager: ItemPager;
  readonly tabs: readonly Tab[];
  readonly restore: RestoreFlow | undefined;
  readonly finder = new HistoryFinder(this);
  readonly tasks: HistoryTasks;
  view: HistoryView = INITIAL_VIEW;
  message: Message | undefined;
  /** The page is to be scrolled to what was found, once it is there. */
  seeking = false;
  /** Rows of the list on the screen. */
  listRows = 1;
  stopping = false;
  terminal: NodeJS.WriteStream | undefined;
  readonly #present: PresentItem;
  readonly #end = new AbortController();
  readonly #left = Promise.withResolvers<void>();
  /** What is waited for before leaving. */
  readonly #writes = new Set<Promise<unknown>>();
  #redraw: (() => void) | undefined;
  #redrawing: Timer | undefined;

  constructor({ history, present, restore, writeFile }: BrowsedHistory) {
    this.history = history;
    this.timeline = new Timeline(history);
    this.reader = new VersionReader(history, { signal: this.#end.signal, learned: this.#learned });
    this.tasks = new HistoryTasks(this, writeFile);
    this.#present = new PresentItem(present && (() => present(this.#end.signal)), this.changed);
    this.tabs = present ? TABS : TABS.filter((tab) => tab !== "table");
    this.restore = restore && new RestoreFlow(restore, this.changed);
    this.pager = new ItemPager({
      timeline: this.timeline,
      key: Object.keys(history.key),
      version: (version) => contentOf(version, this.timeline, this.reader.image(version)),
      table: () => this.#present.content(),
      tableReading: () => this.#present.reading,
      finder: () => this.finder.search?.finder,
    });
  }

  /** Resolves when the user leaves; without a keyboard nobody could. */
  async show({ stdout, stdin }: Pick<ScreenOptions, "stdout" | "stdin">): Promise<HistoryBrowserResult> {
    this.terminal = stdout;
    if (stdin.isTTY !== true) this.quit();
    try {
      await this.#left.promise;
      return { restores: this.restore?.outcomes ?? [] };
    } finally {
      this.#end.abort();
      clearTimeout(this.#redrawing);
    }
  }

  /** Ends everything that reads. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /** Whether nothing is being written. */
  get over(): boolean {
    return this.#writes.size === 0;
  }

  stop(): void {
    this.stopping = true;
    void Promise.allSettled(this.#writes).then(() => this.#left.resolve());
  }

  quit(): void {
    this.stop();
  }

  watch(redraw: () => void): () => void {
    this.#redraw = redraw;
    return () => {
      this.#redraw = undefined;
    };
  }

  /** Has it drawn anew, soon. */
  readonly changed = (): void => {
    this.#redrawing ??= setTimeout(() => {
      this.#redrawing = undefined;
      this.#redraw?.();
    }, REDRAW_MS);
  };

  say(text: string, tone?: Tone): void {
    this.message = tone === undefined ? { text } : { text, tone };
    this.changed();
  }

  /** Selects a version from the background. */
  goTo(version: number): void {
    const position = this.timeline.positionOf(version);
    const { top } = this.view;
    const inView = position >= top && position < top + this.listRows;
    // What lies around it is to be seen as well.
    const around = inView ? top : Math.max(0, position - Math.floor(this.listRows / 2));
    this.view = { ...selectVersion(this.view, this.timeline.standingFor(version)), top: around };
    this.changed();
  }

  /** What goes on in the background, in words. */
  get progress(): string | undefined {
    if (this.stopping && !this.over) return "leaving: the write under way is finished";
    return this.tasks.progress ?? this.finder.progress;
  }

  /** Ends what goes on in the background; false when nothing does. */
  stopBackground(): boolean {
    return this.tasks.stop() || this.finder.stop();
  }

  /** Has everything read that the screen shows and that these rows of the list say. */
  want(versions: readonly number[]): void {
    const needed = new Set(this.pager.needs(this.view).filter((version) => !this.reader.has(version)));
    for (const version of versions) {
      const missing = this.timeline.missing(version, (each) => this.reader.has(each));
      for (const each of missing) needed.add(each);
    }
    this.reader.want([...needed]);
  }

  /** Plans to restore the selected version. */
  planRestore(): void {
    const version = this.view.selected;
    if (this.restore === undefined) this.say("there is no table to restore into", "warn");
    else if (this.timeline.happened(version).kind === "archived")
      this.say("archived: it can't be read now", "warn");
    else void this.restore.plan(this.#wordsFor(version), (signal) => this.#image(version, signal));
  }

  async carryOutRestore(): Promise<void> {
    if (this.restore?.state?.phase !== "asking") return;
    await this.mustEnd(this.restore.carryOut());
    this.#present.forget();
    this.changed();
  }

  /** Has leaving wait for it. */
  async mustEnd<Result>(write: Promise<Result>): Promise<Result> {
    this.#writes.add(write);
    try {
      return await write;
    } finally {
      this.#writes.delete(write);
    }
  }

  /** Reads the table's item again, and what could not be read. */
  reread(): void {
    this.#present.forget();
    for (const version of this.timeline.unreadable()) {
      this.timeline.forget(version);
      this.reader.drop(version);
    }
    this.say("reading again: the table's item, and what was not readable");
  }

  #wordsFor(version: number): string {
    const what = this.timeline.listed(version).deleted ? "the deletion" : "the version";
    return `${what} of ${momentOf(version, this.timeline)} UTC`;
  }

  /** What a version leaves in the table: nothing, where it is a deletion. */
  async #image(version: number, signal: AbortSignal): Promise<WireItem | undefined> {
    if (this.timeline.listed(version).deleted) return undefined;
    return itemOf(await this.reader.read(version, signal));
  }

  readonly #learned = (version: number, image: HistoryImage): void => {
    this.timeline.learn(version, image, (each) => this.reader.image(each));
    const { selected, marked } = this.view;
    this.view = {
      ...this.view,
      selected: this.timeline.standingFor(selected),
      marked: marked === undefined ? undefined : this.timeline.standingFor(marked),
    };
    this.changed();
  };
}
