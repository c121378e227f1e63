import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BunPlugin } from "bun";

const EMPTY_MODULE = { contents: "module.exports = {};", loader: "js" } as const;

/**
 * Modules that the binary never uses, replaced by empty ones: Ink imports its devtools only with
 * `DEV=true`, and dynalite's `level` is a native add-on that only its on-disk mode needs.
 */
export const leaveOut: BunPlugin = {
  name: "leave-out",
  setup(build) {
    build.onResolve({ filter: /^(react-devtools-core|level)$/ }, ({ path }) => ({
      path,
      namespace: "left-out",
    }));
    build.onLoad({ filter: /.*/, namespace: "left-out" }, () => EMPTY_MODULE);
  },
};

/**
 * dynalite requires its operations by computed name, which a bundler cannot follow:
 * each computed `require` becomes a look-up in a table of static ones.
 */
export const dynaliteOperations: BunPlugin = {
  name: "dynalite-operations",
  setup(build) {
    build.onLoad({ filter: /[\\/]node_modules[\\/]dynalite[\\/]index\.js$/ }, async ({ path }) => {
      let contents = await Bun.file(path).text();
      for (const folder of ["actions", "validations"]) {
        contents = withStaticRequires(contents, folder, await readdir(join(dirname(path), folder)));
      }
      return { contents, loader: "js" };
    });
  },
};

function withStaticRequires(source: string, folder: string, files: string[]): string {
  const computed = `require('./${folder}/' + action)`;
  if (!source.includes(computed))
    throw new Error(`dynalite no longer says ${computed}: adapt scripts/build/plugins.ts`);
  const table = files.map((file) => `${file.replace(/\.js$/, "")}: () => require('./${folder}/${file}')`);
  return source.replace(computed, `({ ${table.join(", ")} })[action]()`);
}
