/** Orders two sequence numbers of a stream, whole numbers of up to 40 digits: below 0 when `a` comes first. */
export function compareSequences(a: string, b: string): number {
  const [one, other] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : one > other ? 1 : 0;
}
