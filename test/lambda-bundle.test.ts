import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildLambda } from "../scripts/build/lambda-bundle.ts";
import { runProgram } from "./helpers/cli.ts";
import { readZip, type ZipEntry } from "./helpers/zip.ts";

const ROOT = join(import.meta.dir, "..");
/** Any that can load what Lambda loads. */
const NODE = Bun.which("node")!;

const IMPORT = /\b(?:from|import|import\()"([\w@./:-]+)"/g;

let folder: string;
let zip: Buffer;
let entries: ZipEntry[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ddbr-bundle-"));
  await buildLambda(join(folder, "lambda.zip"));
  zip = await readFile(join(folder, "lambda.zip"));
  entries = readZip(zip);
  await mkdir(join(folder, "task"));
  for (const { name, content } of entries) await writeFile(join(folder, "task", name), content);
});
afterAll(() => rm(folder, { recursive: true }));

describe("the functions' ZIP file", () => {
  test("holds modules alone, which the function may read; their source maps are beside it", async () => {
    for (const { name, mode } of entries) {
      expect(name).toMatch(/^[\w-]+\.mjs$/);
      expect(mode).toBe(0o100644);
    }
    expect(entries.map(({ name }) => name)).toContain("index.mjs");
    expect(entries.map(({ content }) => content.toString()).join("")).not.toContain("sourceMappingURL");
    const maps = await readdir(join(folder, "lambda-maps"));
    expect(maps.sort()).toEqual(entries.map(({ name }) => `${name}.map`).sort());
    const { sources } = JSON.parse(await readFile(join(folder, "lambda-maps", "index.mjs.map"), "utf8"));
    expect(sources).toContain("src/lambda/index.ts");
  });

  test("says where nothing was built", () => {
    for (const place of [ROOT, folder])
      expect(entries.some(({ content }) => content.includes(place))).toBe(false);
  });

  test("imports nothing that is not in it or in Node", () => {
    const names = new Set(entries.map(({ name }) => `./${name}`));
    for (const { content } of entries) {
      for (const [, module = ""] of content.toString().matchAll(IMPORT)) {
        expect(names.has(module) || builtinModules.includes(module.replace(/^node:/, ""))).toBe(true);
      }
    }
  });

  test("is the same to the byte when it is built again, and from a copy in another place and time zone", async () => {
    const copy = join(folder, "elsewhere", "copy");
    await copyOfSources(copy);
    const script = join(copy, "build.ts");
    await writeFile(
      script,
      'import { buildLambda } from "./scripts/build/lambda-bundle.ts";\nawait buildLambda(process.argv[2]!);\n',
    );
    const built = join(folder, "again.zip");
    const run = await runProgram([process.execPath, script, built], {
      cwd: tmpdir(),
      env: { TZ: "Pacific/Auckland" },
    });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect((await readFile(built)).equals(zip)).toBe(true);
    await buildLambda(built);
    expect((await readFile(built)).equals(zip)).toBe(true);
  });

  test("loads in plain Node, which then ends by itself", async () => {
    const program = `console.log(Object.keys(await import(${JSON.stringify(join(folder, "task", "index.mjs"))})))`;
    const run = await runProgram([NODE, "--input-type=module", "-e", program], {
      env: { _HANDLER: undefined },
    });
    const handlers = "[ 'backup', 'collect', 'replicate', 'segment', 'snapshot' ]\n";
    expect(run).toMatchObject({ code: 0, stdout: handlers, stderr: "" });
  });
});

/** Copies what building takes, packages with all that they depend on. */
async function copyOfSources(copy: string): Promise<void> {
  const packages = await packagesOf(join(folder, "lambda-maps"));
  for (const path of [
    "src/core",
    "src/lambda",
    "scripts/build",
    "package.json",
    "tsconfig.json",
    ...packages,
  ]) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await cp(join(ROOT, path), join(copy, path), { recursive: true });
  }
}

/** The packages that source maps name, and what these depend on, as paths. */
async function packagesOf(maps: string): Promise<Set<string>> {
  const texts = await Promise.all((await readdir(maps)).map((map) => readFile(join(maps, map), "utf8")));
  const sources: string[] = texts.flatMap((text) => JSON.parse(text).sources);
  const named = sources.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  const found = new Set<string>();
  const waiting = ["fflate", ...named];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const path = join("node_modules", name);
    const manifest = Bun.file(join(ROOT, path, "package.json"));
    // Absent: it is within another package's own folder.
    if (found.has(path) || !(await manifest.exists())) continue;
    found.add(path);
    waiting.push(...Object.keys((await manifest.json()).dependencies ?? {}));
  }
  return found;
}
