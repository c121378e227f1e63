import { join } from "node:path";
import { programEnvironment } from "../helpers/program-environment.ts";
import type { ChildOptions, Told } from "./worker-child.ts";

const CHILD = join(import.meta.dir, "worker-child.ts");

/** Runs `body`, which may start workers; none of them outlives it. */
export async function withWorkers(
  body: (start: (options: ChildOptions) => ChildWorker) => Promise<void>,
): Promise<void> {
  const started: ChildWorker[] = [];
  try {
    await body((options) => {
      const worker = new ChildWorker(options);
      started.push(worker);
      return worker;
    });
  } finally {
    for (const worker of started) worker.kill("SIGKILL");
    await Promise.all(started.map((worker) => worker.exited()));
  }
}

/** A worker in a process of its own. */
export class ChildWorker {
  readonly told: Told[] = [];
  /** All that it said has been read. */
  ended = false;
  readonly #process: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly #read: Promise<void>;
  #heard = Promise.withResolvers<void>();

  constructor(options: ChildOptions) {
    this.#process = Bun.spawn([process.execPath, CHILD, JSON.stringify(options)], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
      env: programEnvironment(),
    });
    this.#read = this.#readAll();
  }

  kill(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    this.#process.kill(signal);
  }

  /** Whether it is in the midst of a segment, as far as it has said. */
  get works(): boolean {
    const said = (wanted: RegExp) => this.told.filter(({ type }) => wanted.test(type)).length;
    return !this.ended && said(/^segment-started$/) > said(/^segment-(done|lost)$/);
  }

  /** Waits until it has said this. @throws Error when it ends before */
  async says(type: Told["type"]): Promise<void> {
    while (!this.told.some((one) => one.type === type)) {
      if (this.ended) throw new Error(`the worker ended without saying ${type}`);
      await this.#heard.promise;
    }
  }

  /** Its exit code, when all that it said has been read. */
  async exited(): Promise<number> {
    await this.#read;
    return this.#process.exited;
  }

  async #readAll(): Promise<void> {
    let rest = "";
    for await (const piece of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split("\n");
      // The last line may be cut off.
      rest = lines.pop() ?? "";
      for (const line of lines) this.told.push(JSON.parse(line));
      this.#hear();
    }
    this.ended = true;
    this.#hear();
  }

  #hear(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}
