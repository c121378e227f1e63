import { LISTING_PAGE } from "./parameters.ts";
import { between, exactly, type Range } from "./range.ts";

const DIGITS = 16;

/**
 * Requests of a listing of so many keys, which goes on in ranges at once when it has more than one page (src/core/store/s3/key-space.ts): of
 * hashes in hex one range for each digit of those that the first page's keys have in common, and each ends with a page that is not full.
 */
export function listingPages(keys: number): Range {
  if (keys <= LISTING_PAGE) return exactly(1);
  const pages = Math.ceil(keys / LISTING_PAGE);
  const ranges = DIGITS * (Math.ceil(Math.log(pages) / Math.log(DIGITS)) + 1);
  return between(pages, pages + ranges / 2, pages + 2 * ranges);
}
