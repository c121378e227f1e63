import type { Line } from "../format/spans.ts";
import { layoutOf } from "../lines/layout.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** A run as its screen sees it. */
export interface ShownRun<Frame> {
  readonly over: boolean;
  frame(): Frame;
  quit(): void;
  togglePause(): void;
}

/** How a run of some kind is drawn. */
export interface RunViews<Frame> {
  /** Where there is no room for more. */
  oneLine(frame: Frame, canvas: Canvas): Line;
  help(canvas: Canvas): Line[];
  lines(title: string, frame: Frame, canvas: Canvas): Line[];
}

/** What the user sees of a run that can only be watched, paused and stopped, and what the keys do. */
export class RunScreen<Frame> {
  readonly #session: ShownRun<Frame>;
  readonly #views: RunViews<Frame>;
  readonly #title: string;
  readonly #interrupt: () => void;
  #help = false;

  /** @param interrupt what Ctrl-C does */
  constructor(
    session: ShownRun<Frame>,
    views: RunViews<Frame>,
    { title, interrupt }: { title: string; interrupt: () => void },
  ) {
    this.#session = session;
    this.#views = views;
    this.#title = title;
    this.#interrupt = interrupt;
  }

  /** Whether anything changes by itself. */
  get live(): boolean {
    return !this.#session.over;
  }

  lines(canvas: Canvas): Line[] {
    const frame = this.#session.frame();
    if (layoutOf(canvas).tiny) return [this.#views.oneLine(frame, canvas)];
    if (this.#help) return this.#views.help(canvas).slice(0, canvas.rows);
    return this.#views.lines(this.#title, frame, canvas);
  }

  press(key: string): void {
    if (key === "ctrl-c") this.#interrupt();
    else if (this.#help) this.#help = false;
    else if (key === "q") this.#session.quit();
    else if (key === "p") this.#session.togglePause();
    else if (key === "?" || key === "h") this.#help = true;
  }
}
