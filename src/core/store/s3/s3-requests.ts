import pRetry from "p-retry";
import type { DdbrError } from "../../errors.ts";
import { isPassing } from "../../table/failure.ts";
import type { StoreObserver } from "../object-store.ts";
import type { StoreLocation } from "../store-location.ts";
import type { S3Bucket } from "./s3-client.ts";
import { s3Failure } from "./s3-failure.ts";
import { readRefusal, refusalInSuccess, S3Refusal } from "./s3-refusal.ts";
import { createWatcher, readBody } from "./s3-silence.ts";
import { encodeKey, encodeQuery } from "./s3-uri.ts";
import { type Element, NotS3, parseXml } from "./s3-xml.ts";

export interface S3Request {
  /** As S3's API calls it. */
  operation: string;
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Whole, with the store's prefix; without it the request is to the bucket. */
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Refusals, by S3's names, that are an answer like any other to whoever asks. */
  expected?: readonly string[];
  patienceMs?: number;
  /** For what takes the server longer than others before it says anything. */
  silenceMs?: number;
  /** A stop ends the repeating, not an attempt under way. */
  finishAttempt?: boolean | undefined;
  /** Looks at an answer that is a success; throws NotS3 when it makes no sense. */
  check?(answer: S3Answer): void;
}

/** A request that is answered in XML. */
export interface S3Question<Output> extends Omit<S3Request, "check" | "expected"> {
  /** The document's outermost element. */
  root: string;
  /** Throws NotS3 when something is missing. */
  read(document: Element): Output;
}

export interface S3Answer {
  status: number;
  headers: Headers;
  body: Buffer;
  /** One of those expected. */
  refusal?: S3Refusal;
}

/** Sends requests to one bucket. */
export interface S3Requests {
  /** Repeats what fails in passing, for the store's patience. Rejects with a DdbrError, or the signal's reason. */
  send(request: S3Request, signal?: AbortSignal): Promise<S3Answer>;
  /** The same, and reads the document that is the answer. */
  ask<Output>(question: S3Question<Output>, signal?: AbortSignal): Promise<Output>;
}

export interface RequestsOptions {
  location: StoreLocation & { kind: "s3" };
  patienceMs: number;
  silenceMs: number;
  retries: number;
  expectedBucketOwner: string | undefined;
  observer: StoreObserver;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
/** S3 takes what is signed within a quarter of an hour. */
const LEAST_CORRECTION_MS = 60_000;

export function createRequests(bucket: S3Bucket, options: RequestsOptions): S3Requests {
  const { location, observer, expectedBucketOwner } = options;
  const owner = expectedBucketOwner ? { "x-amz-expected-bucket-owner": expectedBucketOwner } : {};
  const base = new URL(bucket.url).pathname.replace(/\/$/, "");
  const { origin } = new URL(bucket.url);
  const watcher = createWatcher();
  /** How far the server's clock is ahead, once it has refused a request for that. */
  let clockOffsetMs = 0;

  async function attempt(request: S3Request, signal?: AbortSignal): Promise<S3Answer> {
    const { method, key, query = {}, headers, body } = request;
    const path = key === undefined ? base || "/" : `${base}/${encodeKey(key)}`;
    const url = new URL(`${origin}${path}${encodeQuery(query)}`);
    const now = Date.now() + clockOffsetMs;
    const signed = await bucket.sign({ method, url, query, headers: { ...headers, ...owner }, body }, now);
    const watch = watcher(request.silenceMs ?? options.silenceMs, body?.length ?? 0);
    const init: BunFetchRequestInit = {
      method,
      headers: signed,
      ...(body === undefined ? {} : { body }),
      // A signed request is for the server it was made for, and for no other.
      redirect: "manual",
      // Objects are what was stored; only Bun knows this, and Node takes no notice.
      decompress: false,
      signal: signal ? AbortSignal.any([signal, watch.signal]) : watch.signal,
    };
    const answer = await exchange(url, init, watch.heard).finally(watch.end);
    checkWhole(method, answer);
    const refusal = isSuccess(answer)
      ? refusedAfterAll(request, answer)
      : readRefusal(method, answer.status, answer.headers, answer.body);
    if (method === "HEAD" && (refusal?.status === 400 || refusal?.status === 403)) {
      // Wrong credentials, a wrong clock or a wrong id: only an answer with a body says which.
      const range = { ...headers, range: "bytes=0-0" };
      const explained = await attempt({ ...request, method: "GET", headers: range }, signal);
      if (explained.refusal !== undefined) return explained;
    }
    if (refusal === undefined) {
      request.check?.(answer);
      observer.answered({ operation: request.operation, bytes: (body?.length ?? 0) + answer.body.length });
      return answer;
    }
    if (!request.expected?.includes(refusal.code)) throw refusal;
    observer.answered({ operation: request.operation, bytes: 0 });
    return { ...answer, refusal };
  }

  /** Takes over the server's time when it refused one that was this far ahead; true when another attempt may do. */
  function correctsClock(thrown: unknown, offsetMs: number): boolean {
    if (!(thrown instanceof S3Refusal) || thrown.code !== "RequestTimeTooSkewed") return false;
    const rightMs = Date.parse(thrown.headers.get("date") ?? "") - Date.now();
    if (!Number.isFinite(rightMs) || Math.abs(rightMs - offsetMs) < LEAST_CORRECTION_MS) return false;
    clockOffsetMs = rightMs;
    return true;
  }

  async function attemptInTime(request: S3Request, signal?: AbortSignal): Promise<S3Answer> {
    const offsetMs = clockOffsetMs;
    const stop = request.finishAttempt ? undefined : signal;
    try {
      try {
        return await attempt(request, stop);
      } catch (thrown) {
        if (!correctsClock(thrown, offsetMs)) throw thrown;
        observer.retried({ operation: request.operation, throttled: false });
        return await attempt(request, stop);
      }
    } catch (thrown) {
      if (signal?.aborted) throw signal.reason;
      throw s3Failure(thrown, {
        operation: request.operation,
        key: request.key,
        version: request.query?.versionId !== undefined,
        bucket: location.bucket,
        prefix: location.prefix,
        region: bucket.region,
        subject: location.text,
      });
    }
  }

  async function send(request: S3Request, signal?: AbortSignal): Promise<S3Answer> {
    signal?.throwIfAborted();
    return pRetry(() => attemptInTime(request, signal), {
      retries: options.retries,
      maxRetryTime: request.patienceMs ?? options.patienceMs,
      minTimeout: FIRST_PAUSE_MS,
      maxTimeout: LONGEST_PAUSE_MS,
      randomize: true,
      ...(signal ? { signal } : {}),
      shouldRetry: ({ error }) => {
        if (!isPassing(error)) return false;
        const failure = error as DdbrError;
        observer.retried({ operation: request.operation, throttled: failure.code === "throttled" }, failure);
        return true;
      },
    });
  }

  return {
    send,
    async ask<Output>({ root, read, ...request }: S3Question<Output>, signal?: AbortSignal) {
      let output: Output | undefined;
      const check = ({ body }: S3Answer) => {
        const document = parseXml(body, root);
        if (document === undefined) throw new NotS3(`an answer without ${root}`);
        output = read(document);
      };
      await send({ ...request, check }, signal);
      return output as Output;
    },
  };
}

async function exchange(url: URL, init: BunFetchRequestInit, heard: () => void): Promise<S3Answer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: await readBody(response, heard) };
}

function isSuccess({ status }: S3Answer): boolean {
  return status >= 200 && status < 300;
}

function refusedAfterAll({ operation }: S3Request, { headers, body }: S3Answer): S3Refusal | undefined {
  return operation === "CompleteMultipartUpload" ? refusalInSuccess(headers, body) : undefined;
}

/** A connection may end in the middle of an answer without fetch() minding. */
function checkWhole(method: string, { headers, body }: S3Answer): void {
  const said = headers.get("content-length");
  if (method === "HEAD" || said === null || headers.has("content-encoding")) return;
  if (Number(said) === body.length) return;
  throw Object.assign(new Error("the answer was cut short"), { code: "UnexpectedEOF" });
}
