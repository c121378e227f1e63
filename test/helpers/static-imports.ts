import { dirname, join } from "node:path";

/** Everything that is loaded with a module before its first line runs. */
export interface StaticImports {
  /** Files of this project. */
  files: Set<string>;
  /** What is named otherwise than by a path: packages and built-in modules. */
  packages: Set<string>;
}

const TRANSPILERS = {
  ts: new Bun.Transpiler({ loader: "ts" }),
  tsx: new Bun.Transpiler({ loader: "tsx" }),
};

/** Follows the static imports of an entry file; types, and what is imported when needed, are not among them. */
export async function staticImports(entry: string): Promise<StaticImports> {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    const source = await Bun.file(file).text();
    if (!/\.tsx?$/.test(file)) continue;
    for (const { path, kind } of TRANSPILERS[file.endsWith("x") ? "tsx" : "ts"].scanImports(source)) {
      if (kind === "dynamic-import") continue;
      if (path.startsWith(".")) waiting.push(join(dirname(file), path));
      else packages.add(path);
    }
  }
  return { files, packages };
}
