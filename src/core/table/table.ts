import type { SideDescription } from "../diff/diff-events.ts";
import type { BackfillTarget, RepairTarget, RequestObserver, Source } from "../diff/source.ts";
import type { AttributeValue, WireItem, WireKey } from "../item/attribute-value.ts";
import { keyString } from "../item/key-string.ts";
import type { TableLocation } from "../location.ts";
import type { AccessOptions } from "./access.ts";
import { deleteIfUnchanged, putIfUnchanged } from "./conditional-write.ts";
import { describeTable } from "./describe.ts";
import { type Dynamo, openDynamo, type QueryInput, type ScanInput, type TableExtras } from "./dynamo.ts";
import { createPace, type TablePaces } from "./pace.ts";
import { pacedWrites } from "./paced-writes.ts";
import { inASecond, portions, RequestSizes } from "./request-sizes.ts";
import { DEFAULT_PATIENCE_MS, READ_OPERATIONS } from "./table-requests.ts";
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
  /** What a run has for this table, of which these limits are a part; instead of them. */
  paces?: TablePaces | undefined;
  /** How long a request is repeated before the run gives up, milliseconds. */
  patienceMs?: number | undefined;
  /** Describing it is repeated for as long, not for a moment only: a run that has begun does not end by that, and nobody waits to hear of a wrong address. */
  isUnderWay?: boolean;
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

const WRITES: ReadonlySet<string> = new Set(["PutItem", "DeleteItem", "BatchWriteItem"]);

/** Opens a table and describes it; fails with a DdbrError when it isn't there, not allowed or not ready. */
export async function openTable(location: TableLocation, options: TableOptions = {}): Promise<Table> {
  const { label = "table", consistent = false, patienceMs = DEFAULT_PATIENCE_MS } = options;
  let observer: RequestObserver | undefined;
  const { read: readPace, write: writePace } = options.paces ?? {
    read: createPace(options.maxReadUnits),
    write: createPace(options.maxWriteUnits),
  };
  const retried: RequestObserver["retried"] = (call, error) => {
    if (call.throttled && READ_OPERATIONS.has(call.operation)) readPace.throttled();
    else if (call.throttled && WRITES.has(call.operation)) writePace.throttled();
    observer?.retried(call, error);
  };
  const dynamo = await openDynamo(location, {
    ...(options.access ? { access: options.access } : {}),
    patienceMs,
    describePatienceMs: options.isUnderWay ? patienceMs : undefined,
    observer: {
      answered(call) {
        // Each answer settles a booking of its own kind: a write must not release what a read has booked.
        if (READ_OPERATIONS.has(call.operation)) readPace.spent(call.readUnits);
        else if (WRITES.has(call.operation)) writePace.spent(call.writeUnits);
        observer?.answered(call);
      },
      retried,
    },
  });
  const { arn, createdAt, schema, items, bytes } = await describeTable(dynamo, location, options.signal);
  const description: SideDescription = { label, name: location.text, schema, items, bytes };
  const sizes = new RequestSizes({ items, bytes }, consistent);
  const writes = pacedWrites(dynamo, writePace, sizes.write);
  /** Resolves when a page may be asked for, with how many items it is to have. */
  const pageReady = async (signal: AbortSignal, segments = 1): Promise<{ Limit?: number }> => {
    const { items: most, units } = sizes.page(readPace.rate, segments);
    await readPace.ready(units, signal);
    return most === undefined ? {} : { Limit: most };
  };
  const persistence = (operation: string, signal: AbortSignal) => ({
    signal,
    patienceMs,
    subject: location.text,
    hint: "try again later, or at a lower rate (--max-rcu, --max-wcu)",
    retried: () => retried({ operation, throttled: true }),
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

    async *scan(segment, segments, signal, { after, page: told } = {}) {
      const page: ScanInput = { Segment: segment, TotalSegments: segments, ConsistentRead: consistent };
      if (after !== undefined) page.ExclusiveStartKey = after;
      do {
        const output = await dynamo.scan({ ...page, ...(await pageReady(signal, segments)) }, signal);
        const last = output.LastEvaluatedKey;
        told?.({ readUnits: output.ConsumedCapacity?.CapacityUnits ?? 0, last });
        yield output.Items;
        page.ExclusiveStartKey = last as WireKey;
      } while (page.ExclusiveStartKey !== undefined);
    },

    async *query(partition, signal) {
      const page: QueryInput = {
        KeyConditionExpression: "#p = :p",
        ExpressionAttributeNames: { "#p": schema[0].name },
        ExpressionAttributeValues: { ":p": partition },
        ConsistentRead: consistent,
      };
      do {
        const output = await dynamo.query({ ...page, ...(await pageReady(signal)) }, signal);
        yield output.Items;
        page.ExclusiveStartKey = output.LastEvaluatedKey as WireKey;
      } while (page.ExclusiveStartKey !== undefined);
    },

    async read(keys, consistentRead, signal) {
      const found: WireItem[] = [];
      const unitsEach = sizes.read(consistentRead);
      const send = async (left: WireKey[]) => {
        await readPace.ready(left.length * unitsEach, signal);
        const answer = await dynamo.batchGet(left, consistentRead, signal);
        for (const item of answer.items) found.push(item);
        return answer.unprocessed;
      };
      for (const portion of portions(keys, unitsEach, readPace)) {
        await untilDone(portion, send, persistence("BatchGetItem", signal));
      }
      return found;
    },

    keysInASecond: () => inASecond(readPace, sizes.read(true)),

    readyToWrite: (signal) => writePace.ready(sizes.write, signal),
    put: (item, expected) => putIfUnchanged(writes, schema, item, expected),
    delete: (expected) => deleteIfUnchanged(writes, schema, expected),

    async write(batch, signal) {
      // DynamoDB refuses a batch that names a key twice; the last image counts.
      const byKey = new Map(batch.map((item) => [keyString(item, schema), item]));
      const requests = [...byKey.values()].map((Item) => ({ PutRequest: { Item } }));
      const send = async (left: typeof requests) => {
        await writePace.ready(left.length * sizes.write, signal);
        return (await dynamo.batchWrite(left, signal)) as typeof requests;
      };
      for (const portion of portions(requests, sizes.write, writePace)) {
        await untilDone(portion, send, persistence("BatchWriteItem", signal));
      }
    },

    close: () => dynamo.close(),
  };
}
