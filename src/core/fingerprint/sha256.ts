import { hash } from "node:crypto";

/** SHA-256 of the bytes, written over the 32 that are there: no item leaves anything to be collected. */
export const sha256Into: (bytes: Uint8Array, into: Uint8Array) => void =
  // The Lambda functions run on Node, where the same takes a little longer.
  typeof Bun === "undefined"
    ? (bytes, into) => into.set(hash("sha256", bytes, "buffer"))
    : (bytes, into) => void Bun.SHA256.hash(bytes, into);
