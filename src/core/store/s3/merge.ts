/**
 * What comes from all sources, in no order; only so many are open at once, and each is at most one element ahead of the
 * reader. When one fails or the reader leaves, the others are stopped by the signal they were opened with.
 */
export async function* merge<Element>(
  sources: ((signal: AbortSignal) => AsyncIterator<Element>)[],
  atOnce: number,
  signal?: AbortSignal,
): AsyncGenerator<Element> {
  const leaving = new AbortController();
  const stop = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const waiting = sources.values();
  const pending = new Map<AsyncIterator<Element>, Promise<Turn<Element>>>();
  const ask = (iterator: AsyncIterator<Element>) => {
    const turn = iterator.next().then((result) => ({ iterator, result }));
    // Of several failures only the first is told.
    turn.catch(() => {});
    pending.set(iterator, turn);
  };
  const openNext = () => {
    const source = waiting.next().value;
    if (source !== undefined) ask(source(stop));
  };
  try {
    for (let count = 0; count < atOnce; count++) openNext();
    while (pending.size > 0) {
      const { iterator, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(iterator);
        openNext();
      } else {
        ask(iterator);
        yield result.value;
      }
    }
  } finally {
    leaving.abort();
    await Promise.allSettled(pending.values());
  }
}

interface Turn<Element> {
  iterator: AsyncIterator<Element>;
  result: IteratorResult<Element>;
}
