import type { Line } from "../format/spans.ts";
import { layoutOf } from "../lines/layout.ts";
import { progressScreen } from "../lines/transfer/progress-screen.ts";
import { transferHelp } from "../lines/transfer/transfer-help.ts";
import { transferOneLine } from "../lines/transfer/transfer-one-line.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { TransferSession } from "./transfer-session.ts";

/** What the user sees of a transfer, and what the keys do. */
export class TransferScreen {
  readonly #session: TransferSession;
  readonly #title: string;
  readonly #interrupt: () => void;
  #help = false;

  /** @param interrupt what Ctrl-C does */
  constructor(session: TransferSession, { title, interrupt }: { title: string; interrupt: () => void }) {
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
    if (layoutOf(canvas).tiny) return [transferOneLine(frame, canvas)];
    if (this.#help) return transferHelp(canvas).slice(0, canvas.rows);
    return progressScreen(this.#title, frame, canvas);
  }

  press(key: string): void {
    if (key === "ctrl-c") this.#interrupt();
    else if (this.#help) this.#help = false;
    else if (key === "q") this.#session.quit();
    else if (key === "p") this.#session.togglePause();
    else if (key === "?" || key === "h") this.#help = true;
  }
}
