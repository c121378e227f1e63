import { openRecordFolder } from "../../incremental/record-folder.ts";
import { type KeySchema, typeOf, type WireKey } from "../../item/attribute-value.ts";
import { openRecordObjects } from "../../record/record-objects.ts";
import { type ReplicatedRecord, replicateRecords } from "../../record/replicate-records.ts";
import { openS3Store } from "../../store/s3/s3-store.ts";
import { placeIn, type S3Location } from "../../store/store-location.ts";
import type { StreamRecord } from "../../stream/stream-record.ts";
import { byKey } from "../../stream/stream-target.ts";
import type { AccessOptions } from "../../table/access.ts";
import { openTable, type Table } from "../../table/table.ts";
import { addToHistory } from "./add-to-history.ts";
import type { DeployedTarget } from "./deployed-target.ts";

export interface MendOptions {
  primary: Table;
  target: DeployedTarget;
  /** For the target. */
  access: AccessOptions;
  patienceMs: number;
  signal: AbortSignal;
}

/** Makes right in the target what records say was changed. Told of each record once; resolves to why some could not be mended. */
export interface Mender {
  mend(
    records: readonly StreamRecord[],
    report: (record: ReplicatedRecord) => void,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Where only the keys are known: each is made what the primary holds now. None twice. */
  mendKeys(
    keys: readonly WireKey[],
    report: (record: ReplicatedRecord) => void,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  close(): void;
}

export function openMender(options: MendOptions): Promise<Mender> {
  return options.target.kind === "replica"
    ? openReplicaMender(options, options.target)
    : openFolderMender(options, options.target);
}

/** A batch of records that a repair reads at once. */
const KEYS_AT_ONCE = 100;

const keysOf = (records: readonly StreamRecord[]) => byKey(records).map(([record]) => record!.key);

function* batchesOf(keys: readonly WireKey[]): Generator<WireKey[]> {
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE)
    yield keys.slice(start, start + KEYS_AT_ONCE);
}

/** A table may have been deleted, and made again with another key. */
function fits(key: WireKey, schema: KeySchema): boolean {
  if (Object.keys(key).length !== schema.length) return false;
  return schema.every(({ name, type }) => key[name] !== undefined && typeOf(key[name]) === type);
}

type Repaired = Parameters<typeof replicateRecords>[0]["replica"];

/** Later changes of the same records may be done already: so it is not these images that are written but what the primary holds now. */
async function repair(
  { primary, patienceMs }: MendOptions,
  replica: Repaired,
  keys: readonly WireKey[],
  report: (record: ReplicatedRecord) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!keys.every((key) => fits(key, primary.description.schema))) return "the primary has another key now";
  let undone: string | undefined;
  const { outcome, failure } = await replicateRecords({
    primary,
    replica,
    batches: batchesOf(keys),
    patienceMs,
    signal,
    report(record) {
      if (record.action === "undone") undone ??= record.reason;
      report(record);
    },
  });
  signal.throwIfAborted();
  return failure ?? undone ?? (outcome === "done" ? undefined : outcome);
}

async function openReplicaMender(
  options: MendOptions,
  { location }: DeployedTarget & { kind: "replica" },
): Promise<Mender> {
  const { access, patienceMs, signal } = options;
  const replica = await openTable(location, { label: "replica", access, patienceMs, signal });
  return {
    mend: (records, report, stop) => repair(options, replica, keysOf(records), report, stop),
    mendKeys: (keys, report, stop) => repair(options, replica, keys, report, stop),
    close: () => replica.close(),
  };
}

async function openFolderMender(
  options: MendOptions,
  { place, table, options: storeOptions }: DeployedTarget & { kind: "folder" },
): Promise<Mender> {
  const { access, patienceMs, signal, primary } = options;
  const open = (where: S3Location) => openS3Store(where, { ...storeOptions, access, patienceMs, signal });
  const folders = await open(place);
  const own = await open(placeIn(place, table) as S3Location);
  const { schema, items } = primary.description;
  const objects = openRecordObjects(openRecordFolder(own, schema, items));
  return {
    async mend(records, report, stop) {
      const problems = await addToHistory(folders, table, records, stop);
      const problem = await repair(options, objects, keysOf(records), report, stop);
      return [...problems.values()][0] ?? problem;
    },
    mendKeys: (keys, report, stop) => repair(options, objects, keys, report, stop),
    close() {
      folders.close();
      own.close();
    },
  };
}
