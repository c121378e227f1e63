import type { Digest } from "../item/digest.ts";

/** The digests of both sides' images; undefined where the record is absent. */
export interface Sighting {
  primary: Digest | undefined;
  replica: Digest | undefined;
}

/** A record that seems to differ and is still to be confirmed. */
export interface Candidate {
  /** See keyString. */
  key: string;
  /**
   * Which scan answers for the record: both (their items met), or the one whose item found no partner.
   * It bounds what the record can be found to be, so that no record is reported twice.
   */
  origin: "pair" | "primary" | "replica";
  /** What was seen of it just now, if anything. */
  sighting?: Sighting;
}
