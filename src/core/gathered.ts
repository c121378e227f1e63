import { inParallel } from "./in-parallel.ts";

/**
 * What `work` makes of the elements, `concurrency` at a time, in pages as it comes and in no order; undefined results are
 * left out. At most `concurrency` results wait for the reader. Fails as {@link inParallel} does; when the reader leaves, what is
 * under way is waited for.
 */
export async function* gathered<Element, Result>(
  elements: AsyncIterable<Element> | Iterable<Element>,
  concurrency: number,
  work: (element: Element) => Promise<Result | undefined>,
): AsyncGenerator<Result[]> {
  let results: Result[] = [];
  let more = Promise.withResolvers<void>();
  let taken = Promise.withResolvers<void>();
  let ended = false;
  let left = false;
  const all = inParallel(elements, concurrency, async (element) => {
    if (left) throw new Error("the reader has left");
    const result = await work(element);
    if (result === undefined) return;
    results.push(result);
    more.resolve();
    if (results.length >= concurrency && !left) await taken.promise;
  }).finally(() => {
    ended = true;
    more.resolve();
  });
  // It is told where it is waited for, below.
  all.catch(() => {});
  try {
    while (!ended || results.length > 0) {
      await more.promise;
      const page = results;
      results = [];
      if (!ended) more = Promise.withResolvers();
      taken.resolve();
      taken = Promise.withResolvers();
      if (page.length > 0) yield page;
    }
    await all;
  } finally {
    left = true;
    taken.resolve();
    await all.catch(() => {});
  }
}
