import { randomUUID } from "node:crypto";
import type { Metadata, Upload } from "../object-store.ts";
import { keepingHeaders, metadataHeaders, uploadHeaders } from "./s3-headers.ts";
import type { S3Objects } from "./s3-objects.ts";
import type { S3StoreOptions } from "./s3-options.ts";
import { createMultipart, type Multipart, type Part, partBytes } from "./s3-parts.ts";
import type { S3Requests } from "./s3-requests.ts";

const PARTS_IN_FLIGHT = 4;
/** Whoever gives up, or is through, doesn't want to wait for long. */
const CLEARING_PATIENCE_MS = 5_000;

/** Starts an upload; nothing but the clearing of leftovers is sent before there is a whole part. */
export async function startUpload(
  requests: S3Requests,
  objects: S3Objects,
  options: S3StoreOptions,
  { key, subject, metadata }: { key: string; subject: string; metadata: Metadata | undefined },
  signal?: AbortSignal,
): Promise<Upload> {
  const multipart = createMultipart(requests, key, subject);
  await multipart.clear(signal);
  const headers = { ...keepingHeaders(options), ...metadataHeaders(metadata) };
  const putWhole = (body: Uint8Array) => objects.put(key, body, { metadata }, signal);
  const patienceMs = Math.min(options.patienceMs ?? CLEARING_PATIENCE_MS, CLEARING_PATIENCE_MS);
  return new S3Upload(multipart, headers, putWhole, patienceMs, signal);
}

class S3Upload implements Upload {
  readonly #multipart: Multipart;
  readonly #headers: Record<string, string>;
  readonly #putWhole: (body: Uint8Array) => Promise<{ versionId: string }>;
  readonly #patienceMs: number;
  readonly #token: string = randomUUID();
  readonly #givenUp = new AbortController();
  /** The upload has been given up, and that has taken long enough. */
  readonly #abandoned = new AbortController();
  readonly #stop: AbortSignal;
  readonly #stopped: Promise<never>;
  #uploadId: Promise<string> | undefined;
  /** Bytes that don't make a part yet. */
  #gathered: Buffer | undefined;
  #gatheredBytes = 0;
  readonly #spare: Buffer[] = [];
  #size = 0;
  readonly #parts: Part[] = [];
  #sent = 0;
  readonly #inFlight = new Set<Promise<void>>();
  #failure: { reason: unknown } | undefined;

  constructor(
    multipart: Multipart,
    headers: Record<string, string>,
    putWhole: (body: Uint8Array) => Promise<{ versionId: string }>,
    patienceMs: number,
    signal: AbortSignal | undefined,
  ) {
    this.#multipart = multipart;
    this.#headers = headers;
    this.#putWhole = putWhole;
    this.#patienceMs = patienceMs;
    this.#stop = signal ? AbortSignal.any([signal, this.#givenUp.signal]) : this.#givenUp.signal;
    this.#stopped = new Promise((_, reject) => {
      this.#stop.addEventListener("abort", () => reject(this.#stop.reason), { once: true });
    });
    // Whoever waits for it is told; mostly nobody does.
    this.#stopped.catch(() => {});
  }

  get partsInFlight(): number {
    return this.#inFlight.size;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      this.#check();
      const room = partBytes(this.#sent + 1);
      this.#gathered ??= this.#emptyBuffer(room);
      const taken = chunk.subarray(at, at + room - this.#gatheredBytes);
      this.#gathered.set(taken, this.#gatheredBytes);
      this.#gatheredBytes += taken.length;
      at += taken.length;
      if (this.#gatheredBytes === room) await this.#sendGathered();
    }
    this.#check();
  }

  async complete(): Promise<{ versionId: string; size: number }> {
    this.#check();
    const size = this.#size + this.#gatheredBytes;
    if (this.#uploadId === undefined) {
      const { versionId } = await this.#putWhole(this.#takeGathered());
      return { versionId, size };
    }
    if (this.#gatheredBytes > 0) await this.#sendGathered();
    while (this.#inFlight.size > 0) await Promise.race(this.#inFlight);
    this.#check();
    const parts = this.#parts.sort((one, other) => one.number - other.number);
    const { versionId } = await this.#multipart.complete(
      await this.#uploadId,
      parts,
      this.#token,
      this.#stop,
    );
    await this.#clearOthers();
    return { versionId, size };
  }

  async abort(): Promise<void> {
    this.#givenUp.abort(new Error("the upload was given up"));
    this.#gathered = undefined;
    // A part that arrives after the end of its upload would stay.
    await Promise.allSettled(this.#inFlight);
    const timer = setTimeout(() => this.#abandoned.abort(), this.#patienceMs);
    try {
      const uploadId = await this.#uploadId;
      if (uploadId !== undefined) await this.#multipart.abort(uploadId, this.#abandoned.signal);
    } catch {
      // The next upload of this key clears it away.
    } finally {
      clearTimeout(timer);
    }
  }

  /** When the answer to its beginning was lost, it was begun twice. */
  async #clearOthers(): Promise<void> {
    try {
      await this.#multipart.clear(AbortSignal.any([this.#stop, AbortSignal.timeout(this.#patienceMs)]));
    } catch {
      // The object is there; the next upload of this key clears what is left.
    }
  }

  #check(): void {
    this.#stop.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  /** Buffers go round: left to the garbage collector, large ones pile up. */
  #emptyBuffer(bytes: number): Buffer {
    const spare = this.#spare.pop();
    return spare?.length === bytes ? spare : Buffer.allocUnsafeSlow(bytes);
  }

  #takeGathered(): Buffer {
    const body = this.#gathered?.subarray(0, this.#gatheredBytes) ?? Buffer.alloc(0);
    this.#gathered = undefined;
    this.#gatheredBytes = 0;
    return body;
  }

  async #sendGathered(): Promise<void> {
    while (this.#inFlight.size >= PARTS_IN_FLIGHT) await Promise.race(this.#inFlight);
    this.#check();
    const body = this.#takeGathered();
    const number = ++this.#sent;
    this.#size += body.length;
    const sending = this.#send(number, body)
      .catch((reason) => {
        this.#failure ??= { reason };
      })
      .finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
  }

  async #send(number: number, body: Buffer): Promise<void> {
    // Not stopped with the rest: an upload whose id never came could not be given up.
    this.#uploadId ??= this.#multipart.create(
      { ...this.#headers, ...uploadHeaders(this.#token) },
      this.#abandoned.signal,
    );
    const uploadId = await Promise.race([this.#uploadId, this.#stopped]);
    this.#parts.push(await this.#multipart.put(uploadId, number, body, this.#stop));
    // Should an attempt that was given up still be sending it: what has changed since fits no signature.
    this.#spare.push(body);
  }
}
