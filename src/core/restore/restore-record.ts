import pLimit from "p-limit";
import { DdbrError } from "../errors.ts";
import { lookAround, lookBefore } from "../history/events-around.ts";
import { type HistoryVersion, readVersion, versionsOfRecord } from "../history/record-history.ts";
import { RecordVersions } from "../history/record-versions.ts";
import { planRestore, type RestorePlan } from "../history/restore-version.ts";
import { hasEverHeldRecord } from "../incremental/ever-held.ts";
import { requireVersions } from "../incremental/folder-at.ts";
import { isOf } from "../incremental/record-folder.ts";
import type { KeySchema, WireItem, WireKey } from "../item/attribute-value.ts";
import { humanJson } from "../item/human.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { imageAt } from "./window-record.ts";

/** Which image of a record is wanted: what it was at a moment (milliseconds since 1970), or the version that has this id. */
export type WantedImage = { at: number; version?: undefined } | { version: string; at?: undefined };

export interface RecordRestore {
  plan: RestorePlan;
  /** What is restored; undefined: the record was not there yet. */
  version: HistoryVersion | undefined;
}

interface Found {
  image: WireItem | undefined;
  version: HistoryVersion | undefined;
}

const READS_AT_ONCE = 32;

/**
 * Finds an image of a record in a folder, and works out what restoring it would do; `carryOutRestore` does it.
 * @param folder opened at the table's own folder
 * @throws DdbrError `no-such-object` when the folder does not say what the record was, `archived` or `damaged` when it cannot be read,
 *   `usage` when a moment is wanted and the folder keeps no versions
 */
export async function planRecordRestore(
  table: Parameters<typeof planRestore>[0],
  folder: ObjectStore,
  key: WireKey,
  schema: KeySchema,
  wanted: WantedImage,
  signal: AbortSignal,
): Promise<RecordRestore> {
  if (wanted.at !== undefined) await requireVersions(folder, signal);
  const versions = await versionsOfRecord(folder, key, schema, signal);
  const subject = folder.location.text;
  if (versions.length === 0) {
    throw new DdbrError("no-such-object", `never held ${humanJson(key)}`, {
      subject,
      hint: "check the key; the table's name is appended to the place",
    });
  }
  const { image, version } =
    wanted.at === undefined
      ? await findVersion(folder, versions, wanted.version, signal)
      : await findMoment(folder, versions, wanted.at, signal);
  if (image !== undefined && !isOf(image, key, schema)) throw unreadable(folder, "it holds another record");
  return { plan: await planRestore(table, key, image, signal), version };
}

async function findVersion(
  folder: ObjectStore,
  versions: readonly HistoryVersion[],
  id: string,
  signal: AbortSignal,
): Promise<Found> {
  const version = versions.find(({ versionId }) => versionId === id);
  if (version === undefined) {
    throw new DdbrError("no-such-object", `the record has no version ${JSON.stringify(id)}`, {
      subject: folder.location.text,
      hint: "ddbr record-history shows those that there are",
    });
  }
  const { item, problem } = await readVersion(folder, version, signal);
  if (problem !== undefined) throw unreadable(folder, problem);
  return { image: item, version };
}

async function findMoment(
  folder: ObjectStore,
  all: readonly HistoryVersion[],
  at: number,
  signal: AbortSignal,
): Promise<Found> {
  const versions = new RecordVersions(folder, all, pLimit(READS_AT_ONCE));
  const window = { from: at, to: at };
  await lookAround(versions, window, signal);
  await lookBefore(versions, window, signal);
  const { item, problem, told } = await imageAt(versions, at, signal);
  const version = told?.version;
  if (version !== undefined && problem !== undefined) throw unreadable(folder, problem);
  // It was inserted later; but a folder that was begun later does not know what was before.
  if (version === undefined && (problem !== undefined || !(await hasEverHeldRecord(folder, signal, at)))) {
    throw new DdbrError(
      "no-such-object",
      `does not say what the record was at ${new Date(at).toISOString()}: it knows it only since later`,
      {
        subject: folder.location.text,
        hint: "ddbr record-history shows what it knows; check the time and its zone",
      },
    );
  }
  return { image: item, version };
}

function unreadable(folder: ObjectStore, problem: string): DdbrError {
  const isArchived = problem.endsWith("archived");
  return new DdbrError(isArchived ? "archived" : "damaged", `the version cannot be used: ${problem}`, {
    subject: folder.location.text,
    hint: isArchived ? "restore it from the archive first" : "take an earlier or a later one",
  });
}
