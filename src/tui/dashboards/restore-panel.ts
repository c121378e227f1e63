import { type Line, span } from "../format/spans.ts";
import { type DrawnPanel, textPanel } from "../lines/history/text-panel.ts";
import type { RestoreState } from "../state/history/restore-flow.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { HistorySession } from "./history-session.ts";

const ANSWER: Line = [span(" y", "strong"), span(" yes   "), span("N", "strong"), span(" no")];
const READ_ON: Line = [span(" N", "strong"), span(" no   read on to answer")];
const CLOSE: Line = [span(" any key", "strong"), span(" back")];
const DOES_NOT_FIT: Line = [span("Enlarge the window; any key: no")];
const SCROLLS: Readonly<Record<string, (rows: number) => number>> = {
  up: () => -1,
  down: () => 1,
  k: () => -1,
  j: () => 1,
  pageup: (rows) => -rows,
  pagedown: (rows) => rows,
  b: (rows) => -rows,
  " ": (rows) => rows,
};

/** The question before a restore and what came of it, over the whole screen. */
export class RestorePanel {
  readonly #session: HistorySession;
  #top = 0;
  /** The state that was drawn, and whether all of it has been on the screen. */
  #shown: RestoreState | undefined;
  #readToEnd = false;

  constructor(session: HistorySession) {
    this.#session = session;
  }

  /** Undefined while nothing is being restored. */
  lines(canvas: Canvas): Line[] | undefined {
    const state = this.#session.restore?.state;
    if (state === undefined) return undefined;
    const { lines, atEnd, rows } = this.#draw(state, canvas);
    this.#readToEnd ||= atEnd;
    return rows > 0 ? lines : [DOES_NOT_FIT];
  }

  /** Whether the key was meant for it. */
  press(key: string, canvas: Canvas): boolean {
    const flow = this.#session.restore;
    const state = flow?.state;
    if (flow === undefined || state === undefined) return false;
    const scroll = Object.hasOwn(SCROLLS, key) ? SCROLLS[key] : undefined;
    if (scroll && (state.phase === "asking" || state.phase === "done")) {
      const drawn = this.#draw(state, canvas);
      // Of what is all on the screen a key that scrolls is an answer as any other.
      if (drawn.top > 0 || !drawn.atEnd) {
        this.#top = drawn.top + scroll(Math.max(1, drawn.rows - 1));
        return true;
      }
      if (state.phase === "asking") return true;
    }
    const agreed =
      state.phase === "asking" && (key === "y" || key === "Y") && this.#shown === state && this.#readToEnd;
    if (agreed) void this.#session.carryOutRestore();
    else if (state.phase === "asking" && (key === "y" || key === "Y")) return true;
    else flow.close();
    return true;
  }

  #draw(state: RestoreState, canvas: Canvas): DrawnPanel {
    if (this.#shown !== state) {
      this.#shown = state;
      this.#top = 0;
      this.#readToEnd = false;
    }
    const drawn = textPanel({ ...this.#panel(state), top: this.#top }, canvas);
    if (state.phase !== "asking" || this.#readToEnd || drawn.atEnd) return drawn;
    return { ...drawn, lines: [...drawn.lines.slice(0, -1), READ_ON] };
  }

  #panel(state: RestoreState) {
    switch (state.phase) {
      case "planning":
        return { title: "Restore", texts: ["reading what would change"], answer: CLOSE };
      case "asking":
        return { title: `Restore ${state.what} into the table?`, texts: state.lines, answer: ANSWER };
      case "working":
        return { title: "Restore", texts: ["writing, then reading it back"], answer: [] };
      case "done": {
        const { ok, lines } = state.outcome;
        return {
          title: ok ? "Restored" : "Not restored",
          tone: ok ? ("good" as const) : ("bad" as const),
          texts: lines,
          answer: CLOSE,
        };
      }
    }
  }
}
