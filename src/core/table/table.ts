import type { SideDescription } from "../diff/diff-events.ts";
import type { BackfillTarget, RepairTarget, RequestObserver, Source } from "../diff/source.ts";
import type { AttributeValue, WireItem, WireKey } from "../item/attribute-value.ts";
import { keyString } from "../item/key-string.ts";
import type { TableLocation } from "../location.ts";
import type { AccessOptions } from "./access.ts";
import { deleteIfUnchanged, putIfUnchanged } from "./conditional-write.ts";
import { describeTable } from "./describe.ts";
import {
  DEFAULT_PATIENCE_MS,
  type Dynamo,
  openDynamo,
  type QueryInput,
  READ_OPERATIONS,
  type ScanInput,
  type TableExtras,
} from "./dynamo.ts";
import { createPace } from "./pace.ts";
import { untilDone } from "./until-done.ts";

export interface TableOptions {
  /** What the table is called beside others, e.g. `primary`. */
  label?: string;
  access?: AccessOptions;
  /** Scan with consistent reads, at twice the price. */
  consistent?: boolean;
  /** Capacity units a second. */
  maxReadUnits?: number | undefined;
  maxWriteUnits?: number | undefined;
  /** How long a request is repeated before the run gives up, milliseconds. */
  patienceMs?: number | undefined;
  signal?: AbortSignal;
}

/** A table as one side of a comparison, and as what a repair or a backfill writes to. */
export interface Table extends Source, RepairTarget, BackfillTarget {
  readonly location: TableLocation;
  readonly arn: string;
  readonly createdAt: number;
  /** Everything that is needed to make such a table again, as the service describes it. */
  describe(signal?: AbortSignal): Promise<WholeDescription>;
  /** All items with this partition key, in pages. */
  query(partition: AttributeValue, signal: AbortSignal): AsyncIterable<WireItem[]>;
  close(): void;
}

/** A table as DynamoDB describes it; tags and expiry are absent where they could not be asked for. */
export interface WholeDescription extends Partial<TableExtras> {
  table: Awaited<ReturnType<Dynamo["describe"]>>;
}

/** What one read unit covers: an eventually consistent read pays half of it. */
const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;
const WRITES: ReadonlySet<string> = new Set(["PutItem", "DeleteItem", "BatchWriteItem"]);

/** A page of a scan holds no more. */
const PAGE_BYTES = 1024 * 1024;

/** Opens a table and describes it; fails with a DdbrError when it isn't there, not allowed or not ready. */
export async function openTable(location: TableLocation, options: TableOptions = {}): Promise<Table> {
  const { label = "table", consistent = false, patienceMs = DEFAULT_PATIENCE_MS } = options;
  let observer: RequestObserver | undefined;
  const readPace = createPace(options.maxReadUnits);
  const writePace = createPace(options.maxWriteUnits);
  const dynamo = await openDynamo(location, {
    ...(options.access ? { access: options.access } : {}),
    patienceMs,
    observer: {
      answered(call) {
        // Each answer settles a booking of its own kind: a write must not release what a read has booked.
        if (READ_OPERATIONS.has(call.operation)) readPace.spent(call.readUnits);
        else if (WRITES.has(call.operation)) writePace.spent(call.writeUnits);
        observer?.answered(call);
      },
      retried: (call) => observer?.retried(call),
    },
  });
  const { arn, createdAt, schema, items, bytes } = await describeTable(dynamo, location, options.signal);
  const description: SideDescription = { label, name: location.text, schema, items, bytes };
  // Of a new table nothing is known: then the cheapest is expected, and the difference settled.
  const itemBytes = items > 0 && bytes > 0 ? bytes / items : WRITE_UNIT_BYTES;
  const itemReadUnits = Math.ceil(itemBytes / READ_UNIT_BYTES);
  const itemWriteUnits = Math.ceil(itemBytes / WRITE_UNIT_BYTES);
  const pageBytesPerUnit = consistent ? READ_UNIT_BYTES : READ_UNIT_BYTES * 2;
  // Under a tight limit a page is no more than a second's worth, so that the limit holds from second to second.
  const pageLimit = itemsPerSecond(itemBytes, readPace.limit, pageBytesPerUnit);
  const pageUnits = Math.min(readPace.limit, bytes / pageBytesPerUnit, PAGE_BYTES / pageBytesPerUnit);
  const persistence = (operation: string, signal: AbortSignal) => ({
    signal,
    patienceMs,
    subject: location.text,
    hint: "try again later, or at a lower rate (--max-rcu, --max-wcu)",
    retried: () => observer?.retried({ operation, throttled: true }),
  });

  return {
    location,
    arn,
    createdAt,
    description,

    observe(told) {
      observer = told;
    },

    async describe(signal) {
      const table = await dynamo.describe(signal);
      return { table, ...(await dynamo.extras(arn, signal)) };
    },

    async *scan(segment, segments, signal, consumed) {
      const page: ScanInput = { Segment: segment, TotalSegments: segments, ConsistentRead: consistent };
      if (pageLimit !== undefined) page.Limit = pageLimit;
      do {
        await readPace.ready(pageUnits, signal);
        const output = await dynamo.scan(page, signal);
        consumed?.(output.ConsumedCapacity?.CapacityUnits ?? 0);
        yield output.Items;
        page.ExclusiveStartKey = output.LastEvaluatedKey as WireKey;
      } while (page.ExclusiveStartKey !== undefined);
    },

    async *query(partition, signal) {
      const page: QueryInput = {
        KeyConditionExpression: "#p = :p",
        ExpressionAttributeNames: { "#p": schema[0].name },
        ExpressionAttributeValues: { ":p": partition },
        ConsistentRead: consistent,
      };
      if (pageLimit !== undefined) page.Limit = pageLimit;
      do {
        await readPace.ready(pageUnits, signal);
        const output = await dynamo.query(page, signal);
        yield output.Items;
        page.ExclusiveStartKey = output.LastEvaluatedKey as WireKey;
      } while (page.ExclusiveStartKey !== undefined);
    },

    async read(keys, consistentRead, signal) {
      const found: WireItem[] = [];
      const send = async (left: WireKey[]) => {
        await readPace.ready(left.length * itemReadUnits * (consistentRead ? 1 : 0.5), signal);
        const answer = await dynamo.batchGet(left, consistentRead, signal);
        for (const item of answer.items) found.push(item);
        return answer.unprocessed;
      };
      await untilDone(keys, send, persistence("BatchGetItem", signal));
      return found;
    },

    readyToWrite: (signal) => writePace.ready(itemWriteUnits, signal),
    put: (item, expected) => putIfUnchanged(dynamo, schema, item, expected),
    delete: (expected) => deleteIfUnchanged(dynamo, schema, expected),

    async write(batch, signal) {
      // DynamoDB refuses a batch that names a key twice; the last image counts.
      const byKey = new Map(batch.map((item) => [keyString(item, schema), item]));
      const requests = [...byKey.values()].map((Item) => ({ PutRequest: { Item } }));
      const send = async (left: typeof requests) => {
        await writePace.ready(left.length * itemWriteUnits, signal);
        return (await dynamo.batchWrite(left, signal)) as typeof requests;
      };
      await untilDone(requests, send, persistence("BatchWriteItem", signal));
    },

    close: () => dynamo.close(),
  };
}

function itemsPerSecond(itemBytes: number, limit: number, bytesPerUnit: number): number | undefined {
  return Number.isFinite(limit) ? Math.max(1, Math.floor((limit * bytesPerUnit) / itemBytes)) : undefined;
}
