import type { StackEvent } from "../../core/deploy/stack-client.ts";
import type { StackOutcome } from "../../core/deploy/stack-run.ts";
import { DdbrError } from "../../core/errors.ts";
import type { LineProgram } from "../components/line-screen.tsx";
import type { Line } from "../format/spans.ts";
import { deployScreenLines } from "../lines/deploy/deploy-screen-lines.ts";
import { addStackEvent, type DeployState, NO_PARTS } from "../state/deploy/deploy-state.ts";
import type { Canvas } from "../terminal/canvas.ts";
import { type DashboardTerminal, runBehindScreen, type Stoppable } from "./behind-screen.ts";

type RunDeploy = (report: (event: StackEvent) => void, signal: AbortSignal) => Promise<StackOutcome>;

export interface DeployDashboardOptions extends DashboardTerminal {
  /** Of the screen, e.g. `ddbr lambda remove`. */
  title: string;
  stack: string;
  run: RunDeploy;
}

/**
 * Shows how a stack changes on the terminal's alternate screen, which closes by itself at the end. `q`, Ctrl-C and signals end the
 * watching: then it rejects with `interrupted`, and the stack goes on. Rejects with what `run` rejected with.
 */
export async function showDeployDashboard(options: DeployDashboardOptions): Promise<StackOutcome> {
  const session = new DeploySession(options.run);
  const behind = {
    session,
    program: (interrupt: () => void) => new DeployScreen(session, options, interrupt),
    show: () => session.show(),
  };
  return await runBehindScreen(behind, options);
}

class DeploySession implements Stoppable {
  readonly #run: RunDeploy;
  readonly #stop = new AbortController();
  readonly #startedAt = performance.now();
  #parts: DeployState = NO_PARTS;
  over = false;

  constructor(run: RunDeploy) {
    this.#run = run;
  }

  get stopping(): boolean {
    return this.#stop.signal.aborted;
  }

  get parts(): DeployState {
    return this.#parts;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  stop(): void {
    this.#stop.abort(new DdbrError("interrupted", "stopped"));
  }

  quit(): void {
    this.stop();
  }

  async show(): Promise<StackOutcome> {
    try {
      return await this.#run((event) => {
        this.#parts = addStackEvent(this.#parts, event);
      }, this.#stop.signal);
    } finally {
      this.over = true;
    }
  }
}

class DeployScreen implements LineProgram {
  readonly live = true;
  readonly #session: DeploySession;
  readonly #names: Pick<DeployDashboardOptions, "title" | "stack">;
  readonly #interrupt: () => void;

  constructor(
    session: DeploySession,
    names: Pick<DeployDashboardOptions, "title" | "stack">,
    interrupt: () => void,
  ) {
    this.#session = session;
    this.#names = names;
    this.#interrupt = interrupt;
  }

  lines(canvas: Canvas): Line[] {
    const { parts, elapsedMs, stopping } = this.#session;
    const { title, stack } = this.#names;
    return deployScreenLines({ title, stack, parts, elapsedMs, stopping }, canvas);
  }

  press(key: string): void {
    if (key === "ctrl-c") this.#interrupt();
    else if (key === "q") this.#session.quit();
  }
}
