/** A folder may hold millions of them; enough to see what they are. */
const MOST_LINES = 20;

/** Names the first objects that are no records; the others are counted in the summary. */
export function createForeignLines(
  warn: (text: string) => void,
  { quiet }: { quiet: boolean },
): (event: { object: string; reason: string }) => void {
  let count = 0;
  return ({ object, reason }) => {
    count++;
    if (quiet || count > MOST_LINES) return;
    warn(`[foreign] ${object}: ${reason}`);
    if (count === MOST_LINES) warn("[foreign] and more, which are only counted");
  };
}
