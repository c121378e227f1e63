/** On what terms a worker takes segments. */
export interface LeaseTerms {
  /** Its name, for people. */
  worker: string;
  /** For how long a segment is its own without a word from it. It is renewed three times in this time. */
  leaseMs: number;
  /** By how much the clocks of two workers may differ without one taking a segment from the other too early. */
  clockMarginMs?: number;
  /** The worker's clock, milliseconds since 1970. */
  now?: () => number;
}

const CLOCK_MARGIN_MS = 10_000;

export function clockOf({ now = Date.now }: Pick<LeaseTerms, "now">): () => number {
  return now;
}

export function marginOf({ clockMarginMs = CLOCK_MARGIN_MS }: Pick<LeaseTerms, "clockMarginMs">): number {
  return clockMarginMs;
}
