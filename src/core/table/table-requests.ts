import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import pRetry from "p-retry";
import type { RequestObserver } from "../diff/source.ts";
import type { DdbrError } from "../errors.ts";
import type { TableLocation } from "../location.ts";
import { type AccessOptions, clientAccess } from "./access.ts";
import { isPassing, toDdbrError } from "./failure.ts";
import { WireProtocol } from "./wire-protocol.ts";

/** What an answer says of its cost. */
export interface Consumed {
  CapacityUnits?: number;
}

export interface RequestOptions {
  access?: AccessOptions;
  observer?: RequestObserver;
  /** How long one request is tried again before the run gives up, in milliseconds. */
  patienceMs?: number;
}

/** Sends requests on one table; each attempt is counted, and told with what it cost. */
export interface TableRequests {
  once<Output>(operation: string, command: object, signal?: AbortSignal): Promise<Output>;
  /** As long as its failure may pass. */
  repeatedly<Output>(operation: string, command: object, options?: RepeatOptions): Promise<Output>;
  close(): void;
}

export interface RepeatOptions {
  signal?: AbortSignal | undefined;
  /** In milliseconds. */
  patienceMs?: number;
  /** A stop ends the repeating, not an attempt under way. */
  finishAttempt?: boolean;
}

export const DEFAULT_PATIENCE_MS = 60_000;
const REQUEST_TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/** Those whose answers tell read units. */
export const READ_OPERATIONS: ReadonlySet<string> = new Set(["Scan", "Query", "BatchGetItem"]);

type Answer = { ConsumedCapacity?: Consumed | Consumed[]; $bytes?: number };

/** Nothing is sent yet. */
export async function openRequests(location: TableLocation, options: RequestOptions): Promise<TableRequests> {
  const { observer, patienceMs: usualPatienceMs = DEFAULT_PATIENCE_MS } = options;
  const client = new DynamoDBClient({
    ...(await clientAccess(location, options.access ?? {})),
    protocol: WireProtocol,
    requestHandler: new FetchHttpHandler({
      requestTimeout: REQUEST_TIMEOUT_MS,
      customFetch: fetchWhole as typeof fetch,
    }),
    // Repeating is done here, where it is counted and can be interrupted.
    maxAttempts: 1,
  });
  client.middlewareStack.remove("loggerMiddleware");

  async function once<Output>(operation: string, command: object, signal?: AbortSignal): Promise<Output> {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      const abortSignal = signal ? AbortSignal.any([signal, timeout]) : timeout;
      // The SDK types its commands with binary as bytes; WireProtocol sends the wire form just as it is.
      const output = (await client.send(command as never, { abortSignal })) as Answer;
      observer?.answered({ operation, bytes: output.$bytes ?? 0, ...unitsOf(operation, output) });
      return output as Output;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw toDdbrError(timeout.aborted ? timeout.reason : error, operation, location.text);
    }
  }

  function repeatedly<Output>(
    operation: string,
    command: object,
    { signal, patienceMs = usualPatienceMs, finishAttempt = false }: RepeatOptions = {},
  ): Promise<Output> {
    return pRetry(() => once<Output>(operation, command, finishAttempt ? undefined : signal), {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: patienceMs,
      minTimeout: FIRST_PAUSE_MS,
      maxTimeout: LONGEST_PAUSE_MS,
      randomize: true,
      ...(signal ? { signal } : {}),
      shouldRetry: ({ error }) => {
        if (!isPassing(error)) return false;
        const failure = error as DdbrError;
        observer?.retried({ operation, throttled: failure.code === "throttled" }, failure);
        return true;
      },
    });
  }

  return { once, repeatedly, close: () => client.destroy() };
}

/**
 * Takes an answer in one piece: going through its stream costs several times the CPU and memory.
 * The handler and the protocols only look at these members of a Response.
 */
export async function fetchWhole(request: Request): Promise<unknown> {
  // A signed request is for the server it was made for, and for no other.
  const response = await fetch(request, { redirect: "manual" });
  const { headers, status, statusText } = response;
  return { headers, status, statusText, body: Buffer.from(await response.arrayBuffer()) };
}

function unitsOf(operation: string, answer: Answer): { readUnits: number; writeUnits: number } {
  const consumed = answer.ConsumedCapacity ?? [];
  const list = Array.isArray(consumed) ? consumed : [consumed];
  const units = list.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  return READ_OPERATIONS.has(operation)
    ? { readUnits: units, writeUnits: 0 }
    : { readUnits: 0, writeUnits: units };
}
