import { DdbrError, EXIT } from "../../core/errors.ts";

/** What a shell reports for a program that SIGPIPE ended. */
const PIPE_CLOSED = 141;

/** How a pipe and a terminal say that nobody is there any more. */
const GONE: ReadonlySet<string> = new Set(["EPIPE", "EIO"]);

const controller = new AbortController();
let jobs = 0;

/**
 * What to do when whoever read our output has gone (`ddbr … | head`): a job under way ends cleanly, as it does
 * on Ctrl-C; anything else just ends.
 */
export function watchForReader(streams: NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (controller.signal.aborted) return;
      const gone = GONE.has(error.code ?? "");
      if (!gone && stream === process.stdout) {
        process.stderr.write(`ddbr: cannot write the output: ${error.message}\n`);
      }
      if (jobs === 0) process.exit(gone ? PIPE_CLOSED : EXIT.failure);
      controller.abort(new DdbrError("interrupted", "stopped: the output cannot be written any more"));
    });
  }
}

/** Aborts when the reader has gone; until `release`, a job takes it on itself to end then. */
export function readerGone(): { signal: AbortSignal; release(): void } {
  jobs++;
  return { signal: controller.signal, release: () => void jobs-- };
}
