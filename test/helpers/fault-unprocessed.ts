type Entries = unknown[];
/** A BatchGetItem's `{Keys, …}` per table, or a BatchWriteItem's list per table. */
type RequestItems = Record<string, Entries | { Keys: Entries }>;
type BatchRequest = { RequestItems: RequestItems };

export type SplitBatch = {
  /** What to forward; undefined when nothing is left of it. */
  forward: string | undefined;
  /** Adds what was held back to the server's answer. */
  answer(serverBody: string | undefined): string;
};

/** Holds back a share of a batch's entries, chosen by `random`; undefined when that is not a single entry. */
export function splitBatch(
  operation: string,
  body: string,
  share: number,
  random: () => number,
): SplitBatch | undefined {
  const request: BatchRequest = JSON.parse(body);
  const all = Object.entries(request.RequestItems).flatMap(([table, wanted]) =>
    entriesOf(wanted).map((entry) => ({ table, entry })),
  );
  const heldCount = Math.floor(all.length * share);
  if (heldCount === 0) return undefined;
  const shuffled = all.map((one) => ({ one, rank: random() })).sort((a, b) => a.rank - b.rank);
  const held = new Set(shuffled.slice(0, heldCount).map(({ one }) => one.entry));

  const passed = pick(request.RequestItems, (entry) => !held.has(entry));
  const unprocessed = pick(request.RequestItems, (entry) => held.has(entry));
  const [given, left] =
    operation === "BatchGetItem"
      ? (["Responses", "UnprocessedKeys"] as const)
      : ([undefined, "UnprocessedItems"] as const);
  return {
    forward:
      Object.keys(passed).length > 0 ? JSON.stringify({ ...request, RequestItems: passed }) : undefined,
    answer(serverBody) {
      const answer = serverBody === undefined ? (given ? { [given]: {} } : {}) : JSON.parse(serverBody);
      return JSON.stringify({ ...answer, [left]: merge(answer[left] ?? {}, unprocessed) });
    },
  };
}

function entriesOf(wanted: RequestItems[string]): Entries {
  return Array.isArray(wanted) ? wanted : wanted.Keys;
}

function withEntries(wanted: RequestItems[string], entries: Entries): RequestItems[string] {
  return Array.isArray(wanted) ? entries : { ...wanted, Keys: entries };
}

function pick(items: RequestItems, keep: (entry: unknown) => boolean): RequestItems {
  const kept = Object.entries(items).map(([table, wanted]) => {
    return [table, withEntries(wanted, entriesOf(wanted).filter(keep))] as const;
  });
  return Object.fromEntries(kept.filter(([, wanted]) => entriesOf(wanted).length > 0));
}

/** The server may have left some entries unprocessed itself. */
function merge(theirs: RequestItems, ours: RequestItems): RequestItems {
  const merged = { ...theirs };
  for (const [table, wanted] of Object.entries(ours)) {
    const before = merged[table];
    merged[table] = before ? withEntries(wanted, [...entriesOf(before), ...entriesOf(wanted)]) : wanted;
  }
  return merged;
}
