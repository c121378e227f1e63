import { describeError, EXIT } from "../core/errors.ts";
import { run } from "./shell/run.ts";

/** What a shell reports for a program that SIGPIPE ended: the reader of a pipe has gone. */
const PIPE_CLOSED = 141;

let readerGone = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (readerGone) return;
    readerGone = true;
    if (error.code !== "EPIPE") process.exit(EXIT.failure);
    // A job that is running ends cleanly, as it does on Ctrl-C; anything else just ends.
    if (!process.emit("SIGPIPE")) process.exit(PIPE_CLOSED);
  });
}

for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`ddbr: ${describeError(error)}\n`);
    process.exit(EXIT.failure);
  });
}

process.exitCode = await run(process.argv.slice(2));
