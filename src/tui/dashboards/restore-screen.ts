import type { LineProgram } from "../components/line-screen.tsx";
import type { Line } from "../format/spans.ts";
import { layoutOf } from "../lines/layout.ts";
import { PLAN_DOES_NOT_FIT, planScreen } from "../lines/restore/plan-screen.ts";
import { restoreHelp } from "../lines/restore/restore-help.ts";
import { restoreOneLine } from "../lines/restore/restore-one-line.ts";
import { restoreScreenLines } from "../lines/restore/restore-screen-lines.ts";
import type { PlanQuestion } from "../state/restore/restore-frame.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { RestoreSession } from "./restore-session.ts";

/** What the user sees of a restore, and what the keys do. */
export class RestoreScreen implements LineProgram {
  readonly #session: RestoreSession;
  readonly #title: string;
  readonly #interrupt: () => void;
  #help = false;
  /** The question that was drawn last, all of it: only what was seen is agreed to. */
  #seen: PlanQuestion | undefined;

  /** @param interrupt what Ctrl-C does */
  constructor(session: RestoreSession, { title, interrupt }: { title: string; interrupt: () => void }) {
    this.#session = session;
    this.#title = title;
    this.#interrupt = interrupt;
  }

  /** Whether anything changes by itself. */
  get live(): boolean {
    return !this.#session.over;
  }

  lines(canvas: Canvas): Line[] {
    const frame = this.#session.frame();
    this.#seen = undefined;
    if (this.#help) return restoreHelp(canvas).slice(0, canvas.rows);
    if (frame.question !== undefined) {
      const lines = planScreen(this.#title, frame, frame.question, canvas);
      if (lines === undefined) return [PLAN_DOES_NOT_FIT];
      this.#seen = frame.question;
      return lines;
    }
    if (layoutOf(canvas).tiny) return [restoreOneLine(frame, canvas)];
    return restoreScreenLines(this.#title, frame, canvas);
  }

  press(key: string): void {
    if (key === "ctrl-c") this.#interrupt();
    else if (this.#help) this.#help = false;
    else if (key === "?" || key === "h") this.#help = true;
    else if (this.#session.question !== undefined) this.#answer(key);
    else if (key === "q") this.#session.quit();
    else if (key === "p") this.#session.togglePause();
  }

  #answer(key: string): void {
    if (key === "y" || key === "Y") {
      if (this.#seen !== undefined && this.#seen === this.#session.question) this.#session.answer(true);
    } else if (["n", "N", "q", "escape"].includes(key)) this.#session.answer(false);
  }
}
