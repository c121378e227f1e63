import { fitLine, type Line, span } from "../format/spans.ts";
import { wrapWords } from "../format/wrap-words.ts";
import { happenedText } from "../lines/history/happened-text.ts";
import { historyFoot } from "../lines/history/history-foot.ts";
import { historyHelp } from "../lines/history/history-help.ts";
import { type HistoryLayout, historyLayout, MARGIN } from "../lines/history/history-layout.ts";
import { historyNotices } from "../lines/history/history-notices.ts";
import { historyTitle } from "../lines/history/history-title.ts";
import { itemPane } from "../lines/history/item-pane.ts";
import { joinPanes } from "../lines/history/join-panes.ts";
import { listPane } from "../lines/history/list-pane.ts";
import { momentOf } from "../state/history/comparison.ts";
import { type HistoryCommand, historyCommand } from "../state/history/history-keys.ts";
import { clampTop, type HistoryContext, reduceHistoryView } from "../state/history/history-view.ts";
import type { ItemPage } from "../state/history/item-page.ts";
import { type ListWindow, listWindow } from "../state/history/list-window.ts";
import { dayText } from "../state/history/moment.ts";
import { type Prompt, promptKey } from "../state/history/prompt.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { HistorySession } from "./history-session.ts";
import { RestorePanel } from "./restore-panel.ts";

export interface HistoryScreenOptions {
  /** Of the screen, e.g. `ddbr record-history`. */
  title: string;
  /** Location of the table; comes from outside. */
  table: string;
  /** What Ctrl-C does. */
  interrupt: () => void;
}

/** Versions read ahead below the screen, as a share of its rows. */
const AHEAD = 0.5;

/** Milliseconds without a move after which large items are shown. */
const CALM_MS = 80;

/** What the user sees of a history, and what the keys do. */
export class HistoryScreen {
  /** Changes by itself are told by the session. */
  readonly live = false;
  readonly #session: HistorySession;
  readonly #options: HistoryScreenOptions;
  readonly #restore: RestorePanel;
  /** Notices stay until the first key. */
  #noticed = false;
  #prompt: Prompt | undefined;
  #movedAt = Number.NEGATIVE_INFINITY;

  constructor(session: HistorySession, options: HistoryScreenOptions) {
    this.#session = session;
    this.#options = options;
    this.#restore = new RestorePanel(session);
  }

  watch(redraw: () => void): () => void {
    return this.#session.watch(redraw);
  }

  lines(canvas: Canvas): Line[] {
    const { view } = this.#session;
    const panel = this.#restore.lines(canvas);
    if (panel) return panel;
    const notices = this.#notices(canvas);
    const layout = historyLayout(canvas, view, notices.length);
    const window = this.#window(layout);
    this.#wantFor(window, layout);
    if (layout.tiny) return [this.#oneLine(canvas)];
    if (view.help)
      return historyHelp(historyNotices(this.#session.history, canvas.glyphs), canvas).slice(0, canvas.rows);
    return this.#browser(window, layout, notices, canvas);
  }

  press(key: string, canvas: Canvas): void {
    const session = this.#session;
    this.#noticed = true;
    if (key === "ctrl-c") {
      this.#options.interrupt();
      return;
    }
    if (this.#restore.press(key, canvas)) return;
    if (this.#prompt) {
      this.#pressInPrompt(this.#prompt, key);
      return;
    }
    const command = historyCommand(key, session.view);
    if (command !== undefined) this.#obey(command, canvas);
  }

  #obey(command: HistoryCommand, canvas: Canvas): void {
    const session = this.#session;
    session.message = undefined;
    switch (command.type) {
      case "quit":
        session.quit();
        break;
      case "escape":
        this.#escape();
        break;
      case "ask":
        this.#prompt = { kind: command.for, typed: "" };
        break;
      case "hit":
        session.finder.goToNext(command.by);
        break;
      case "write":
        session.tasks.write();
        break;
      case "copy":
        session.tasks.copy(command.form);
        break;
      case "restore":
        session.planRestore();
        break;
      case "reread":
        session.reread();
        break;
      default: {
        const layout = historyLayout(canvas, session.view, this.#notices(canvas).length);
        const { selected } = session.view;
        session.view = reduceHistoryView(session.view, command, this.#context(layout, canvas));
        if (session.view.selected !== selected) this.#movedAt = performance.now();
        session.seeking = false;
      }
    }
  }

  #pressInPrompt(prompt: Prompt, key: string): void {
    const next = promptKey(prompt, key);
    this.#prompt = typeof next === "object" ? next : undefined;
    if (next !== "submit" || prompt.typed === "") return;
    this.#session.message = undefined;
    if (prompt.kind === "moment") this.#session.tasks.goToMoment(prompt.typed);
    else this.#session.finder.start(prompt.typed);
  }

  /** Out of what is innermost. */
  #escape(): void {
    const session = this.#session;
    if (session.stopBackground()) return;
    const { view } = session;
    if (view.pane === "item") session.view = { ...view, pane: "list" };
    else if (view.marked !== undefined) session.view = { ...view, marked: undefined };
    // Pressed once too often it must not take marks, hits and the place with it.
    else session.say("q leaves");
  }

  #browser(window: ListWindow, layout: HistoryLayout, notices: Line[], canvas: Canvas): Line[] {
    const session = this.#session;
    const { timeline, history, tabs } = session;
    const page = layout.item > 0 ? this.#page(layout, canvas) : undefined;
    const top = page ? this.#itemTop(page, layout) : 0;
    const { view } = session;
    const heading = {
      ...this.#options,
      key: history.key,
      position: timeline.positionOf(view.selected),
      count: timeline.count,
    };
    const isHit = (version: number) => session.finder.isHit(version);
    const list = layout.list > 0 ? listPane({ timeline, view, window, isHit }, layout.list, canvas) : [];
    const item = page ? itemPane({ timeline, view, tabs, page, top }, layout, canvas) : [];
    const foot = {
      prompt: this.#prompt,
      progress: session.progress,
      message: session.message,
      top,
      lines: page?.kind === "document" ? page.document.lines : 0,
      pane: view.pane,
      canRestore: session.restore !== undefined,
    };
    return [
      historyTitle(heading, canvas),
      ...notices,
      ...joinPanes(list, item, layout, canvas),
      ...historyFoot(foot, layout, canvas),
    ];
  }

  #page({ item }: HistoryLayout, canvas: Canvas): ItemPage {
    const { pager, view } = this.#session;
    const moving = performance.now() - this.#movedAt < CALM_MS;
    if (moving) this.#session.changed();
    return pager.page(view, Math.max(2, item - 2 * MARGIN), canvas, moving);
  }

  /** Goes to what was found as soon as that can be shown. */
  #itemTop(page: ItemPage, { itemRows }: HistoryLayout): number {
    const session = this.#session;
    if (page.kind === "note") return 0;
    const { document } = page;
    if (session.seeking) {
      session.seeking = false;
      const found = document.changeAfter(-1) ?? 0;
      const inView = found < itemRows ? 0 : found - Math.floor(itemRows / 2);
      session.view = { ...session.view, itemTop: inView };
    }
    return clampTop(session.view.itemTop, { itemLines: document.lines, itemRows });
  }

  #window({ rows }: HistoryLayout): ListWindow {
    const { timeline, view } = this.#session;
    const window = listWindow(view.top, timeline.positionOf(view.selected), rows, {
      count: timeline.count,
      moment: (position) => timeline.time(timeline.versionAt(position)!).at,
      day: dayText,
    });
    this.#session.view = { ...view, top: window.top };
    this.#session.listRows = rows;
    return window;
  }

  #wantFor({ top }: ListWindow, { rows, list }: HistoryLayout): void {
    const { timeline, view } = this.#session;
    const ahead = list > 0 ? Math.ceil(rows * AHEAD) : 0;
    const shown = list > 0 ? rows : 0;
    const wanted = [view.selected];
    for (let position = top; position < top + shown + ahead; position++) {
      const version = timeline.versionAt(position);
      if (version === undefined) break;
      wanted.push(version);
    }
    this.#session.want(wanted);
  }

  #notices({ columns, rows, glyphs }: Canvas): Line[] {
    if (this.#noticed || rows < 12) return [];
    const texts = historyNotices(this.#session.history, glyphs);
    return texts
      .flatMap((text) => wrapWords(text, columns - 2).slice(0, 2))
      .map((text): Line => [span(` ${text}`, "warn")]);
  }

  #oneLine({ columns, glyphs }: Canvas): Line {
    const { timeline, view, progress, message } = this.#session;
    const what = happenedText(timeline.happened(view.selected), glyphs);
    const place = `${timeline.positionOf(view.selected) + 1}/${timeline.count}`;
    const text = progress || message ? "enlarge the window" : `${momentOf(view.selected, timeline)} ${what}`;
    return fitLine([span(`${place} ${text}  q quit`)], columns, glyphs.ellipsis);
  }

  #context(layout: HistoryLayout, canvas: Canvas): HistoryContext {
    const { timeline, tabs } = this.#session;
    const page = layout.item > 0 ? this.#page(layout, canvas) : undefined;
    const document = page?.kind === "document" ? page.document : undefined;
    return {
      count: timeline.count,
      tabs,
      positionOf: (version) => timeline.positionOf(version),
      versionAt: (position) => timeline.versionAt(position),
      listRows: layout.rows,
      itemLines: document?.lines ?? 0,
      itemRows: layout.itemRows,
      changeAfter: (line) => document?.changeAfter(line),
    };
  }
}
