import { dirname, join, resolve } from "node:path";
import type { Build } from "bun";
import { withoutDevtools } from "./without-devtools.ts";

const ROOT = dirname(dirname(import.meta.dir));

/** The Lambda functions; built before a binary is, which carries them. */
export const LAMBDA_ZIP = join(ROOT, "dist/lambda.zip");

/** Programs inside the binary: the command line, and what runs in threads of its own. */
const ENTRYPOINTS = ["src/commands/cli.ts", "src/core/demo/dynalite-worker.ts"];

/**
 * Compiles the command line into one executable.
 * Split and with bytecode, so that a run loads only the chunks it needs, already parsed.
 * {@link LAMBDA_ZIP} must be there.
 * Throws an AggregateError with Bun's messages when the sources do not bundle.
 */
export async function buildBinary(options: {
  outfile: string;
  runtime?: Build.CompileTarget;
}): Promise<void> {
  await Bun.build({
    root: join(ROOT, "src"),
    entrypoints: ENTRYPOINTS.map((path) => join(ROOT, path)),
    compile: {
      ...(options.runtime && { target: options.runtime }),
      outfile: resolve(ROOT, options.outfile),
      // A tool that holds credentials takes nothing from the directory it happens to run in.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
    target: "bun",
    format: "esm",
    splitting: true,
    // All in one folder, so that a thread's program is found beside the chunk that starts it.
    naming: { entry: "[name].[ext]" },
    bytecode: true,
    minify: true,
    define: { "process.env.DEV": '"false"', "process.env.NODE_ENV": '"production"' },
    plugins: [withoutDevtools],
  });
}
