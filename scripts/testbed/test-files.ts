const TEST_FILES = "**/*{.test,_test,.spec,_spec}.{ts,tsx,mts,cts,js,jsx,mjs,cjs}";

/**
 * The test files under `root` that `bun test` with these path filters picks, relative to it.
 * @param ignore globs of files that it is told to pass by
 */
export function findTestFiles(root: string, filters: string[], ignore: readonly string[] = []): string[] {
  const wanted = filters.map((filter) => filter.replace(/^\.\//, ""));
  const ignored = ignore.map((glob) => new Bun.Glob(glob));
  return [...new Bun.Glob(TEST_FILES).scanSync(root)]
    .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file))
    .filter((file) => !ignored.some((glob) => glob.match(file)))
    .filter((file) => wanted.length === 0 || wanted.some((filter) => file.includes(filter)))
    .sort();
}

/** The files a JUnit report of `bun test` lists; an empty test file is not among them. */
export function reportedFiles(junit: string): Set<string> {
  return new Set([...junit.matchAll(/<testsuite [^>]*?file="([^"]+)"/g)].map((match) => match[1]!));
}
