import { cutKeySpace, isAfter } from "./key-space.ts";
import { merge } from "./merge.ts";
import type { Listing, Page } from "./s3-page.ts";

const RANGES_AT_ONCE = 8;

/** Part of a listing: what comes after `begun`, or after the key `after`, up to the key `until`, inclusive. */
interface Range<Entry> {
  begun?: Page<Entry>;
  after?: string;
  until: string | undefined;
}

/** All entries with the prefix, in pages; a long listing goes on in several ranges at once. */
export async function* listAll<Entry extends { key: string }>(
  listing: Listing<Entry>,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<Entry[]> {
  const begun = await listing.page(prefix, {}, signal);
  const [first, last] = [begun.entries[0], begun.entries.at(-1)];
  if (begun.next === undefined || first === undefined || last === undefined) {
    yield* listRange(listing, prefix, { begun, until: undefined }, signal);
    return;
  }
  const cuts = cutKeySpace(prefix, first.key, last.key);
  const ranges: Range<Entry>[] = [
    { begun, until: cuts[0] },
    ...cuts.map((after, index) => ({ after, until: cuts[index + 1] })),
  ];
  yield* merge(
    ranges.map((range) => (stop: AbortSignal) => listRange(listing, prefix, range, stop)),
    RANGES_AT_ONCE,
    signal,
  );
}

/** The entries of a range; those of one key all come in one page. */
export async function* listRange<Entry extends { key: string }>(
  listing: Listing<Entry>,
  prefix: string,
  range: Range<Entry>,
  signal?: AbortSignal,
): AsyncGenerator<Entry[]> {
  let held: Entry[] = [];
  const start = range.after === undefined ? {} : listing.startAfter(range.after);
  let page = range.begun ?? (await listing.page(prefix, start, signal));
  for (;;) {
    const within = entriesWithin(page.entries, range);
    const ended = page.next === undefined || reaches(page.entries, range.until);
    const known = held.concat(within);
    // More of the last key may come with the next page.
    held = ended ? [] : known.splice(lastKeyStart(known));
    if (known.length > 0) yield known;
    if (ended) return;
    page = await listing.page(prefix, page.next!, signal);
  }
}

/** Whether a page goes on beyond a range's end. */
function reaches(entries: { key: string }[], until: string | undefined): boolean {
  const last = entries.at(-1);
  return last !== undefined && until !== undefined && isAfter(last.key, until);
}

/** Nearly all pages are within as a whole, which is seen at their ends. */
function entriesWithin<Entry extends { key: string }>(
  entries: Entry[],
  { after, until }: Range<Entry>,
): Entry[] {
  let within = entries;
  // Servers differ in whether the key that a listing of versions starts after is in it.
  if (after !== undefined && within[0] !== undefined && !isAfter(within[0].key, after)) {
    within = within.filter(({ key }) => isAfter(key, after));
  }
  if (until !== undefined && reaches(within, until))
    within = within.filter(({ key }) => !isAfter(key, until));
  return within;
}

function lastKeyStart(entries: { key: string }[]): number {
  const last = entries.at(-1)?.key;
  let start = entries.length;
  while (start > 0 && entries[start - 1]!.key === last) start--;
  return start;
}
