import { describeError, EXIT } from "../core/errors.ts";
import { watchForReader } from "./shell/reader-gone.ts";
import { run } from "./shell/run.ts";

watchForReader([process.stdout, process.stderr]);

for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`ddbr: ${describeError(error)}\n`);
    process.exit(EXIT.failure);
  });
}

process.exitCode = await run(process.argv.slice(2));
