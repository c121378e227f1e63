import { DdbrError } from "../../core/errors.ts";
import type { TableLocation } from "../../core/location.ts";
import { openStore } from "../../core/store/open-store.ts";
import { placeIn, type StoreLocation } from "../../core/store/store-location.ts";
import { openFolderTarget } from "../../core/stream/folder-target.ts";
import { openReplicaTarget } from "../../core/stream/replica-target.ts";
import type { StreamTarget } from "../../core/stream/stream-target.ts";
import { describeSchema, describeTable, equalSchemas } from "../../core/table/describe.ts";
import { openDynamo } from "../../core/table/dynamo.ts";
import type { FollowRequest } from "./follow-request.ts";
import type { EndObserver } from "./open-follow.ts";
import type { Primary } from "./open-primary.ts";

export interface OpenTarget {
  target: StreamTarget;
  /** Tells it from all other targets, however it is called. */
  id: string;
  warnings: string[];
}

/** For one page of records. */
const BATCHES_AT_ONCE = 8;
const KEYS_AT_ONCE = 32;

/** @throws DdbrError when it isn't there, not allowed, or no target for this table */
export function openTarget(
  request: FollowRequest,
  primary: Primary,
  observer: EndObserver,
  signal: AbortSignal,
): Promise<OpenTarget> {
  const { target } = request;
  return target.kind === "replica"
    ? openReplica(target.table, request, primary, observer, signal)
    : openFolder(target.place, request, observer, signal);
}

async function openReplica(
  location: TableLocation,
  { primary: primaryLocation, replicaAccess, patienceMs }: FollowRequest,
  primary: Primary,
  observer: EndObserver,
  signal: AbortSignal,
): Promise<OpenTarget> {
  const dynamo = await openDynamo(location, { access: replicaAccess, patienceMs, observer });
  try {
    const { arn, createdAt, schema } = await describeTable(dynamo, location, signal);
    if (arn === primary.arn && createdAt === primary.createdAt) {
      throw new DdbrError("usage", "primary and replica are the same table", {
        subject: primaryLocation.text,
        hint: "give the location of the replica second",
      });
    }
    if (!equalSchemas(schema, primary.schema)) {
      throw new DdbrError(
        "schema",
        `the tables have different keys: ${describeSchema(primary.schema)} in ${primaryLocation.text}, ` +
          `${describeSchema(schema)} in ${location.text}`,
        { hint: "a replica has the key schema of its primary" },
      );
    }
    const retried = () => observer.retried({ operation: "BatchWriteItem", throttled: true });
    return {
      target: openReplicaTarget({
        dynamo,
        subject: location.text,
        concurrency: BATCHES_AT_ONCE,
        patienceMs,
        retried,
      }),
      id: `${arn} of ${new Date(createdAt).toISOString()}`,
      warnings: [],
    };
  } catch (error) {
    dynamo.close();
    throw error;
  }
}

async function openFolder(
  place: StoreLocation,
  { primary, storeOptions }: FollowRequest,
  observer: EndObserver,
  signal: AbortSignal,
): Promise<OpenTarget> {
  const table = primary.name;
  const store = await openStore(place, storeOptions, signal);
  try {
    const warnings: string[] = [];
    if (!(await keepsVersions(store.keepsVersions(signal)))) {
      warnings.push("the bucket keeps no versions: each record's history is its latest image alone");
    }
    if (place.text.endsWith(`/${table}`)) {
      warnings.push(
        `the place ends with the table's name, which is appended once more: ${place.text}/${table}/`,
      );
    }
    store.observe(observer);
    return {
      target: openFolderTarget({ store, table, concurrency: KEYS_AT_ONCE }),
      id: idOf(placeIn(place, table)),
      warnings,
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Who may only write need not be allowed to ask. */
async function keepsVersions(asked: Promise<boolean>): Promise<boolean> {
  return asked.catch((error) => {
    if (error instanceof DdbrError && error.code === "permission") return true;
    throw error;
  });
}

function idOf(folder: StoreLocation): string {
  return folder.kind === "s3" ? `s3://${folder.bucket}/${folder.prefix}` : `file://${folder.path}`;
}
