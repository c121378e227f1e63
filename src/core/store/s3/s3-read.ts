import { DdbrError } from "../../errors.ts";
import { metadataOf, versionIdOf } from "./s3-headers.ts";
import { ABSENT } from "./s3-objects.ts";
import type { S3Answer, S3Requests } from "./s3-requests.ts";
import { NotS3 } from "./s3-xml.ts";
import { deletionMetadata } from "./tombstone.ts";

/** Few enough requests for large objects, and what is fetched ahead is bounded. */
const PIECE_BYTES = 8 * 1024 * 1024;
const PIECES_AHEAD = 2;

/**
 * Reads a large object in pieces, each a request of its own that can be repeated by itself. All are of the same
 * object, also when it is replaced meanwhile.
 */
export async function readInPieces(
  requests: S3Requests,
  key: string,
  subject: string,
  signal?: AbortSignal,
): Promise<{ size: number; body: AsyncIterable<Uint8Array> } | undefined> {
  const first = await requests.send(
    { ...pieceRequest(key, 0), expected: [...ABSENT, "InvalidRange"] },
    signal,
  );
  if (first.refusal?.code === "InvalidRange") return readEmpty(requests, key, signal);
  if (first.refusal !== undefined) return undefined;
  const size = totalSize(first, 0);
  if (deletionMetadata(size, metadataOf(first.headers)) !== undefined) return undefined;
  return { size, body: pieces(requests, key, subject, first, size, signal) };
}

/** An empty object has no range at all. */
async function readEmpty(requests: S3Requests, key: string, signal?: AbortSignal) {
  const answer = await requests.send(
    { operation: "GetObject", method: "GET", key, expected: ABSENT },
    signal,
  );
  if (answer.refusal !== undefined) return undefined;
  const { length } = answer.body;
  if (deletionMetadata(length, metadataOf(answer.headers)) !== undefined) return undefined;
  return {
    size: length,
    body: (async function* () {
      if (length > 0) yield answer.body;
    })(),
  };
}

async function* pieces(
  requests: S3Requests,
  key: string,
  subject: string,
  first: S3Answer,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const leaving = new AbortController();
  const stop = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const ask = pieceReader(requests, key, subject, first.headers, size, stop);
  const ahead: Promise<Buffer>[] = [];
  let asked = first.body.length;
  const askAhead = () => {
    while (ahead.length < PIECES_AHEAD && asked < size) {
      const piece = ask(asked);
      // It may fail before its turn comes to be read.
      piece.catch(() => {});
      ahead.push(piece);
      asked += PIECE_BYTES;
    }
  };
  try {
    for (let piece: Buffer | undefined = first.body; piece !== undefined; piece = await ahead.shift()) {
      askAhead();
      yield piece;
      signal?.throwIfAborted();
    }
  } finally {
    leaving.abort();
    await Promise.allSettled(ahead);
  }
}

/** Reads further pieces of the very object that the first answer was of. */
function pieceReader(
  requests: S3Requests,
  key: string,
  subject: string,
  headers: Headers,
  size: number,
  signal: AbortSignal,
): (start: number) => Promise<Buffer> {
  const versionId = versionIdOf(headers);
  const etag = headers.get("etag");
  const same = etag === null ? {} : { "if-match": etag };
  // With its id it can be read on also when it is replaced; but that needs a right of its own.
  let byVersion = headers.has("x-amz-version-id");
  return async (start) => {
    const request = pieceRequest(key, start, same, size);
    if (byVersion) {
      const answer = await requests.send(
        { ...request, query: { versionId }, expected: ["AccessDenied"] },
        signal,
      );
      if (answer.refusal === undefined) return answer.body;
      byVersion = false;
    }
    const expected = ["PreconditionFailed", ...ABSENT];
    const { body, refusal } = await requests.send({ ...request, expected }, signal);
    if (refusal === undefined) return body;
    throw new DdbrError("condition-failed", `${key} was replaced or deleted while it was being read`, {
      subject,
      hint: "start again",
    });
  };
}

/** @param size of the whole object, where it is known */
function pieceRequest(key: string, start: number, headers: Record<string, string> = {}, size?: number) {
  const range = `bytes=${start}-${start + PIECE_BYTES - 1}`;
  return {
    operation: "GetObject",
    method: "GET",
    key,
    headers: { ...headers, range },
    check(answer: S3Answer) {
      const total = totalSize(answer, start);
      if (size !== undefined && total !== size) throw new NotS3("a piece of an object of another size");
    },
  } as const;
}

/** Of the whole object, whose piece from `start` on this must be. @throws NotS3 */
function totalSize({ status, headers, body }: S3Answer, start: number): number {
  // A server that takes no notice of ranges sends all of it at once.
  if (status === 200 && start === 0) return body.length;
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "");
  const [, from, to, total] = (range ?? []).map(Number);
  if (from === undefined || to === undefined || total === undefined)
    throw new NotS3("a piece without a range");
  const end = Math.min(start + PIECE_BYTES, total);
  if (from !== start || to + 1 !== end || body.length !== end - start) throw new NotS3("another piece");
  return total;
}
