import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { type ReadVersion, readAllVersions } from "../../core/history/read-all.ts";
import type { RecordHistory } from "../../core/history/record-history.ts";
import { humanJson, prettyJson, safeJson } from "../../core/item/human.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { readerGone } from "../shell/reader-gone.ts";

/** Every version, newest first: as its time and the item, or as a line of JSON (docs/events.md). Returns the exit code. */
export async function printHistory(history: RecordHistory, asJson: boolean): Promise<number> {
  using stop = stopSignals();
  const reader = readerGone();
  try {
    for (const notice of notices(history)) process.stderr.write(`ddbr: ${notice}\n`);
    for await (const version of readAllVersions(history, stop.signal)) {
      const text = asJson ? `${safeJson(jsonOf(version, history))}\n` : textOf(version);
      // A reader may be slower, and a long history large; without a pause no signal would be heard.
      if (!process.stdout.write(text)) await drained(stop.signal);
      else await setImmediate(undefined, { signal: stop.signal });
    }
    return EXIT.ok;
  } catch (error) {
    // Who has seen enough (`| head`) is not to be told so.
    if (reader.signal.aborted) return EXIT.interrupted;
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    reader.release();
  }
}

async function drained(signal: AbortSignal): Promise<void> {
  await once(process.stdout, "drain", { signal });
}

/** What is to be known of the whole, once. */
export function notices({ keepsVersions, olderNames, key }: RecordHistory): string[] {
  return [
    ...(keepsVersions ? [] : ["no versions are kept there: this is all there is"]),
    ...(olderNames.length > 0
      ? [
          `${humanJson(key)} was kept under ${olderNames.length === 1 ? "an older name" : "older names"}: ${olderNames.join(", ")}`,
        ]
      : []),
  ];
}

function timeOf({ version, recorded }: ReadVersion): string {
  return new Date(recorded.at ?? version.modified).toISOString();
}

function textOf(read: ReadVersion): string {
  const { item, problem, version } = read;
  const body = item
    ? prettyJson(item)
    : version.deleted
      ? "(deleted)"
      : `(${escapeForTerminal(problem ?? "")}: version ${escapeForTerminal(version.versionId)})`;
  return `\nModified: ${timeOf(read)}\n${"-".repeat(34)}\n${body}\n`;
}

function jsonOf(
  { version, recorded, item, problem, change, attributes }: ReadVersion,
  { key }: RecordHistory,
): object {
  const { name, versionId, modified, size, deleted, archived } = version;
  return {
    event: "version",
    key,
    name,
    versionId,
    modified: new Date(modified).toISOString(),
    ...(recorded.at === undefined ? {} : { eventTime: new Date(recorded.at).toISOString() }),
    ...(recorded.event === undefined ? {} : { eventName: recorded.event }),
    ...(recorded.sequence === undefined ? {} : { sequenceNumber: recorded.sequence }),
    change,
    ...(change === "changed" ? { changed: attributes } : {}),
    size,
    deleted,
    archived,
    ...(problem === undefined ? {} : { problem }),
    ...(item === undefined ? {} : { item }),
  };
}
