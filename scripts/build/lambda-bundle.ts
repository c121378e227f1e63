import { hash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { BuildArtifact } from "bun";
import { type Zippable, zipSync } from "fflate";

const ROOT = dirname(dirname(import.meta.dir));

/** Where source maps go, by which a stack trace of the minified bundle can be read. */
const MAPS = "lambda-maps";

/** Readable by the function, which is not the file's owner. A ZIP file can tell no earlier time. */
const FILE = { os: 3, attrs: 0o100644 << 16, mtime: new Date(1980, 0, 1), level: 9 } as const;

/**
 * Bundles the Lambda functions for Node into a ZIP file, the same to the byte wherever it is built, and their source maps beside it.
 * Throws an AggregateError with Bun's messages when the sources do not bundle.
 * @param outfile the ZIP file, absolute
 */
export async function buildLambda(outfile: string): Promise<void> {
  const { outputs } = await Bun.build({
    root: join(ROOT, "src/lambda"),
    entrypoints: [join(ROOT, "src/lambda/index.ts")],
    target: "node",
    format: "esm",
    splitting: true,
    minify: true,
    sourcemap: "external",
    naming: { entry: "[name].mjs", chunk: "[name]-[hash].mjs" },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const maps = join(dirname(outfile), MAPS);
  await rm(maps, { recursive: true, force: true });
  await mkdir(maps, { recursive: true });
  const files: Zippable = {};
  for (const { name, code, map } of await modulesOf(outputs)) {
    files[name] = [Buffer.from(code), FILE];
    await writeFile(join(maps, `${name}.map`), map);
  }
  await writeFile(outfile, zipSync(files));
}

interface Module {
  name: string;
  code: string;
  map: string;
}

/** Bun puts into chunks' names, and at the end of each module, a hash of the place where they are built. */
const PLACE = /-[0-9a-z]{8}\.mjs/g;
const CHUNK = /[\w-]+-[0-9a-z]{8}\.mjs/g;
const DEBUG_ID = /\n\/\/# debugId=\w+\n*$/;

/** What was built, in order of names, with chunks named by what they hold. */
async function modulesOf(outputs: BuildArtifact[]): Promise<Module[]> {
  const texts = await Promise.all(
    outputs.map(async (output) => [basename(output.path), await output.text()] as const),
  );
  const byName = new Map(texts);
  const modules = texts.filter(([name]) => name.endsWith(".mjs"));
  const names = new Map(
    modules.map(([name, text]) => {
      const content = text.replace(DEBUG_ID, "").replaceAll(PLACE, "");
      return [name, name.replace(PLACE, `-${hash("sha256", content).slice(0, 8)}.mjs`)];
    }),
  );
  const renamed = modules.map(([name, text]) => {
    const { debugId, ...map } = JSON.parse(byName.get(`${name}.map`)!);
    const code = text.replace(DEBUG_ID, "\n").replaceAll(CHUNK, (chunk) => names.get(chunk) ?? chunk);
    return { name: names.get(name)!, code, map: JSON.stringify(map) };
  });
  return renamed.sort((a, b) => (a.name < b.name ? -1 : 1));
}
