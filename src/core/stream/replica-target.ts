import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import { setOwn, type WireItem, type WireKey } from "../item/attribute-value.ts";
import { keyId } from "../item/key-id.ts";
import type { Dynamo, WriteRequest } from "../table/dynamo.ts";
import { untilDone } from "../table/until-done.ts";
import type { StreamRecord } from "./stream-record.ts";
import { byKey, ofOneRecord, type Replayed, type StreamTarget } from "./stream-target.ts";
import { WritesUnderWay } from "./writes-under-way.ts";

export interface ReplicaTargetOptions {
  dynamo: Pick<Dynamo, "batchWrite" | "close">;
  /** The replica as it is called in messages. */
  subject: string;
  /** Batches of writes at the same time. */
  concurrency: number;
  /** How long nothing may move before records count as failed, in milliseconds. */
  patienceMs: number;
  /** Told each time that the rest of a batch is written again. */
  retried?: () => void;
}

/** BatchWriteItem takes no more. */
const MOST_REQUESTS = 25;
const HINT = "raise the replica's write capacity, or try again later";

/** A table that a stream is replayed onto: of each key the last image is written. */
export function openReplicaTarget(options: ReplicaTargetOptions): StreamTarget {
  const { dynamo, subject, concurrency, patienceMs, retried = () => {} } = options;
  const underWay = new WritesUnderWay();

  /** Those that could not be written, and why. */
  async function write(records: StreamRecord[], signal: AbortSignal): Promise<Map<StreamRecord, unknown>> {
    let left = records;
    const send = async (part: StreamRecord[]) => {
      left = part;
      const ids = part.map(({ id }) => id);
      const begin = () => dynamo.batchWrite(part.map(writeRequest), signal);
      const unprocessed = await underWay.write(ids, begin, signal);
      const again = new Set(unprocessed.map((request) => requestId(request, part[0]!.key)));
      const named = part.filter(({ id }) => again.has(id));
      // Should a request come back in another spelling than it was sent in, all are sent again.
      left = named.length === unprocessed.length ? named : part;
      return left;
    };
    try {
      await untilDone(records, send, { signal, patienceMs, subject, hint: HINT, retried });
      return new Map();
    } catch (error) {
      if (!isRefusal(error) || left.length === 1) return new Map(left.map((record) => [record, error]));
      // One that DynamoDB refuses takes the others of its batch with it.
      const half = Math.ceil(left.length / 2);
      const first = await write(left.slice(0, half), signal);
      return new Map([...first, ...(await write(left.slice(half), signal))]);
    }
  }

  return {
    async replay(records, signal, written = () => {}) {
      const replayed: Replayed = { superseded: [], failed: [], left: [] };
      let keys = byKey(records);
      while (keys.length > 0) {
        const again: StreamRecord[][] = [];
        await inParallel(batchesOf(keys), concurrency, async (batch) => {
          const problems = await write(
            batch.map((sameKey) => sameKey.at(-1)!),
            signal,
          );
          for (const sameKey of batch) {
            const last = sameKey.at(-1)!;
            if (!problems.has(last)) {
              written(last);
              replayed.superseded.push(...sameKey.slice(0, -1));
            } else if (signal.aborted) {
              replayed.left.push(...sameKey);
            } else {
              const error = ofOneRecord(problems.get(last));
              // The image before it may do, so that no more is missing than what is refused.
              const hopeless = isRefusal(error) ? [last] : sameKey;
              for (const record of hopeless) replayed.failed.push({ record, error });
              if (hopeless.length < sameKey.length) again.push(sameKey.slice(0, -1));
            }
          }
        });
        keys = again;
      }
      return replayed;
    },

    settled: () => underWay.ended(),
    close: () => dynamo.close(),
  };
}

function* batchesOf(keys: StreamRecord[][]): Generator<StreamRecord[][]> {
  for (let start = 0; start < keys.length; start += MOST_REQUESTS) {
    yield keys.slice(start, start + MOST_REQUESTS);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof DdbrError && error.code === "service-refused";
}

function writeRequest({ key, image }: StreamRecord): WriteRequest {
  return image === undefined ? { DeleteRequest: { Key: key } } : { PutRequest: { Item: image } };
}

/** The id of the record that a request writes. @param key any of the table's keys, for its attributes' names */
function requestId(request: WriteRequest, key: WireKey): string {
  if ("DeleteRequest" in request) return keyId(request.DeleteRequest.Key);
  const own: WireItem = {};
  for (const name of Object.keys(key)) setOwn(own, name, request.PutRequest.Item[name]!);
  return keyId(own);
}
