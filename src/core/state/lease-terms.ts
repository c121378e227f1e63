/** On what terms a worker takes segments. */
export interface LeaseTerms {
  /** Its name, for people. */
  worker: string;
  /** For how long a segment is its own without a word from it. It is renewed three times in this time. */
  leaseMs: number;
  /** By how much the clocks of two workers may differ without one taking a segment from the other too early; a third of a lease where it isn't said. */
  clockMarginMs?: number;
  /** The worker's clock, milliseconds since 1970. */
  now?: () => number;
}

const MARGIN_PER_LEASE = 1 / 3;

export function clockOf({ now = Date.now }: Pick<LeaseTerms, "now">): () => number {
  return now;
}

/** After the end of a lease so long, how long it stays its worker's for others. Nothing goes wrong where clocks differ by more: who has lost a segment finds out. */
export function marginOf(leaseMs: number, { clockMarginMs }: Pick<LeaseTerms, "clockMarginMs">): number {
  return clockMarginMs ?? leaseMs * MARGIN_PER_LEASE;
}
