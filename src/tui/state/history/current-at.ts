import type { Timeline } from "./timeline.ts";

/** Versions that were stored after the moment, though their events were before it: more are not looked for. */
const MOST_READ = 64;

/**
 * The version that was current at a moment; undefined when that is before the first one kept. The listing knows when versions were
 * stored; when their events were is read, of those stored just after the moment.
 * @param read resolves when the timeline knows what is recorded of the version
 */
export async function currentAt(
  timeline: Timeline,
  moment: number,
  read: (version: number) => Promise<unknown>,
): Promise<number | undefined> {
  let current = newestBy(timeline, moment);
  for (let count = 0; count < MOST_READ; count++) {
    const position = current === undefined ? timeline.count : timeline.positionOf(current);
    const newer = timeline.versionAt(position - 1);
    if (newer === undefined) break;
    await read(newer);
    if (timeline.time(newer).at > moment) break;
    current = newer;
  }
  return current;
}

function newestBy(timeline: Timeline, moment: number): number | undefined {
  for (let position = 0; position < timeline.count; position++) {
    const version = timeline.versionAt(position)!;
    if (timeline.time(version).at <= moment) return version;
  }
  return undefined;
}
