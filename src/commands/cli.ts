#!/usr/bin/env bun
import { describeError, EXIT } from "../core/errors.ts";
import { run } from "./shell/run.ts";

/** What a shell reports for a program that SIGPIPE ended: the reader of a pipe has gone. */
const PIPE_CLOSED = 141;

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? PIPE_CLOSED : EXIT.failure);
  });
}

for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`ddbr: ${describeError(error)}\n`);
    process.exit(EXIT.failure);
  });
}

process.exitCode = await run(process.argv.slice(2));
