import { countDiscrepancies } from "../../core/diff/diff-totals.ts";
import { compactCount } from "../format/numbers.ts";
import { type Line, span } from "../format/spans.ts";
import { CONFIRM_DOES_NOT_FIT, confirmLines } from "../lines/confirm-lines.ts";
import { detailRows, detailScreen } from "../lines/detail-screen.ts";
import { helpLines } from "../lines/help-lines.ts";
import { layoutOf } from "../lines/layout.ts";
import { listScreen } from "../lines/list-screen.ts";
import { oneLine } from "../lines/one-line.ts";
import { type OpenRecord, RecordOpener } from "../state/detail/open-record.ts";
import type { Frame } from "../state/frame.ts";
import { commandOf } from "../state/key-commands.ts";
import { labelsOf } from "../state/run-state.ts";
import { INITIAL_VIEW, reduceView, type View, type ViewContext } from "../state/view.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { DiffSession } from "./diff-session.ts";

/** What the user sees of a session, and what the keys do. */
export class DiffScreen {
  readonly #session: DiffSession;
  readonly #title: string;
  readonly #interrupt: () => void;
  readonly #opener: RecordOpener;
  #view: View = INITIAL_VIEW;

  /** @param interrupt what Ctrl-C does */
  constructor(session: DiffSession, { title, interrupt }: { title: string; interrupt: () => void }) {
    this.#session = session;
    this.#title = title;
    this.#interrupt = interrupt;
    this.#opener = new RecordOpener(session.spool);
  }

  /** Whether anything changes by itself. */
  get live(): boolean {
    return !this.#session.over;
  }

  lines(canvas: Canvas): Line[] {
    const frame = this.#session.frame();
    if (this.#view.screen === "confirm") return this.#question(canvas) ?? [CONFIRM_DOES_NOT_FIT];
    if (layoutOf(canvas).tiny) {
      const found = `${compactCount(countDiscrepancies(frame.state.totals))} found`;
      return [oneLine(frame, found, canvas)];
    }
    if (this.#view.help) return helpLines(labelsOf(frame.state), canvas).slice(0, canvas.rows);
    if (this.#view.screen === "detail") return this.#detail(frame, canvas);
    return listScreen(this.#title, frame, this.#view, this.#session.spool, canvas);
  }

  press(key: string, canvas: Canvas): void {
    const command = commandOf(key, this.#view);
    if (command === undefined) return;
    switch (command.type) {
      case "interrupt":
        this.#interrupt();
        return;
      case "quit":
        this.#session.quit();
        return;
      case "pause":
        this.#session.togglePause();
        return;
      case "confirm":
        if (!this.#session.frame().canRepair) return;
        break;
      case "repair":
        if (this.#question(canvas)) this.#session.repair();
        this.#view = { ...this.#view, screen: "list" };
        return;
    }
    this.#view = reduceView(this.#view, command, this.#context(canvas));
  }

  #question(canvas: Canvas): Line[] | undefined {
    const { spool } = this.#session;
    const listedOnly =
      spool.notListed > 0 ? [`Only the ${spool.count("all")} that are listed are repaired.`] : [];
    return confirmLines([...this.#session.repairQuestion(), ...listedOnly], canvas);
  }

  #detail(frame: Frame, canvas: Canvas): Line[] {
    try {
      const record = this.#openRecord(canvas);
      if (record)
        return detailScreen(frame, this.#view, record, this.#session.spool.count(this.#view.filter), canvas);
    } catch (error) {
      // A disk that fails must not take the run with it.
      return [[span(` not readable: ${error instanceof Error ? error.message : error}`, "bad")]];
    }
    return [];
  }

  #openRecord(canvas: Canvas): OpenRecord | undefined {
    const row = this.#session.spool.rowAt(this.#view.filter, this.#view.position);
    return row === undefined
      ? undefined
      : this.#opener.open(row, canvas, labelsOf(this.#session.frame().state));
  }

  #context(canvas: Canvas): ViewContext {
    const { spool } = this.#session;
    const record = this.#view.screen === "detail" ? this.#readable(canvas) : undefined;
    return {
      count: (filter) => spool.count(filter),
      rowAt: (filter, position) => spool.rowAt(filter, position),
      positionOf: (filter, row) => spool.positionOf(filter, row),
      listRows: layoutOf(canvas).listRows,
      detailLines: record?.document.lines ?? 0,
      detailRows: record ? detailRows(record, canvas) : 1,
      changeAfter: (line) => record?.document.changeAfter(line),
    };
  }

  #readable(canvas: Canvas): OpenRecord | undefined {
    try {
      return this.#openRecord(canvas);
    } catch {
      return undefined;
    }
  }
}
