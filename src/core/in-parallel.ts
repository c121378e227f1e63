/**
 * Does `work` for each element, up to `concurrency` at a time, taking elements as workers become free. After a failure no
 * further element is taken; what is under way is waited for, then the first failure is thrown.
 */
export async function inParallel<Element>(
  elements: AsyncIterable<Element> | Iterable<Element>,
  concurrency: number,
  work: (element: Element) => Promise<void>,
): Promise<void> {
  const iterator =
    Symbol.asyncIterator in elements ? elements[Symbol.asyncIterator]() : elements[Symbol.iterator]();
  let failed = false;
  let failure: unknown;
  const worker = async () => {
    try {
      while (!failed) {
        const next = await iterator.next();
        if (next.done || failed) return;
        await work(next.value);
      }
    } catch (error) {
      if (!failed) failure = error;
      failed = true;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (!failed) return;
  await iterator.return?.();
  throw failure;
}
