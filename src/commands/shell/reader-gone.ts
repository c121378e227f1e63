import { DdbrError, EXIT } from "../../core/errors.ts";

/** What a shell reports for a program that SIGPIPE ended. */
const PIPE_CLOSED = 141;

const controller = new AbortController();
let jobs = 0;

/**
 * What to do when whoever read our output has gone (`ddbr … | head`): a job under way ends cleanly, as it does
 * on Ctrl-C; anything else just ends.
 */
export function watchForReader(streams: NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") {
        if (stream === process.stdout)
          process.stderr.write(`ddbr: cannot write the output: ${error.message}\n`);
        process.exit(EXIT.failure);
      }
      if (controller.signal.aborted) return;
      if (jobs === 0) process.exit(PIPE_CLOSED);
      controller.abort(new DdbrError("interrupted", "stopped: nobody reads the output any more"));
    });
  }
}

/** Aborts when the reader has gone; until `release`, a job takes it on itself to end then. */
export function readerGone(): { signal: AbortSignal; release(): void } {
  jobs++;
  return { signal: controller.signal, release: () => void jobs-- };
}
