import { RequestSizes } from "../table/request-sizes.ts";
import { PAGE_BYTES, READ_UNIT_BYTES } from "./parameters.ts";

/** How a table of items of one size is scanned. */
export interface ScanTerms {
  itemBytes: number;
  consistent: boolean;
  /** Items of a page. */
  pageItems: number;
  /** It is cut by a number of items that is asked for, not by its size. */
  isAsked: boolean;
}

export interface ScanCost {
  requests: number;
  readUnits: number;
}

/** @param rate units a second that one process may consume: its pages are for no more than that */
export function scanTerms(
  itemBytes: number,
  consistent: boolean,
  rate = Number.POSITIVE_INFINITY,
): ScanTerms {
  // The item that reaches the page's bound is in it.
  const bySize = Math.ceil(PAGE_BYTES / itemBytes);
  const sizes = new RequestSizes({ items: 1, bytes: itemBytes }, consistent);
  const { items: asked = Number.POSITIVE_INFINITY } = sizes.page(rate, 1);
  return { itemBytes, consistent, pageItems: Math.min(bySize, asked), isAsked: asked <= bySize };
}

/**
 * What scanning segments with these numbers of items takes, exactly, as DynamoDB Local does it: where the last item of a segment fills a page that was
 * asked for by number, an empty page follows, for nothing. What AWS does then is not told anywhere: see {@link scanAtMost}.
 */
export function scanOf(counts: Iterable<number>, terms: ScanTerms): ScanCost {
  const cost = { requests: 0, readUnits: 0 };
  for (const count of counts) {
    const full = Math.floor(count / terms.pageItems);
    const rest = count - full * terms.pageItems;
    cost.requests += rest > 0 || full === 0 || terms.isAsked ? full + 1 : full;
    cost.readUnits += full * fullPageUnits(terms) + pageUnits(rest, terms);
  }
  return cost;
}

/** Where an empty page follows whenever the last one is full, and is paid for like one with an item. */
export function scanAtMost(count: number, terms: ScanTerms): ScanCost {
  const { requests, readUnits } = scanOf([count], terms);
  if (count % terms.pageItems > 0) return { requests, readUnits };
  const full = count / terms.pageItems;
  return { requests: full + 1, readUnits: readUnits + blockUnits(terms) };
}

export function fullPageUnits(terms: ScanTerms): number {
  return pageUnits(terms.pageItems, terms);
}

/** What one started block of 4 KB costs. */
export function blockUnits({ consistent }: Pick<ScanTerms, "consistent">): number {
  return consistent ? 1 : 0.5;
}

/** A page is paid for by its size: the items are added up, then rounded up. */
function pageUnits(items: number, terms: ScanTerms): number {
  return Math.ceil((items * terms.itemBytes) / READ_UNIT_BYTES) * blockUnits(terms);
}
