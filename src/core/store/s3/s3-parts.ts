import { hash } from "node:crypto";
import { DdbrError } from "../../errors.ts";
import { isOfUpload, versionIdOf } from "./s3-headers.ts";
import { ABSENT } from "./s3-objects.ts";
import type { S3Requests } from "./s3-requests.ts";
import { decodeKey, escapeXml, NotS3, parseXml } from "./s3-xml.ts";

const MIB = 1024 * 1024;
const FIRST_PART_BYTES = 8 * MIB;
const PARTS_OF_A_SIZE = 1_000;

/**
 * How large a part is, counted from 1. There may be 10,000, and an object of 5 TB must fit into them; so they double every 1,000.
 */
export function partBytes(number: number): number {
  return FIRST_PART_BYTES * 2 ** Math.floor((number - 1) / PARTS_OF_A_SIZE);
}

export interface Part {
  number: number;
  etag: string;
}

/** S3's multipart uploads of one object. */
export interface Multipart {
  /** Gives up all uploads of this key that somebody has left. */
  clear(signal?: AbortSignal): Promise<void>;
  create(headers: Record<string, string>, signal: AbortSignal): Promise<string>;
  put(uploadId: string, number: number, body: Buffer, signal?: AbortSignal): Promise<Part>;
  /** @param token what its object bears (uploadHeaders) */
  complete(
    uploadId: string,
    parts: Part[],
    token: string,
    signal?: AbortSignal,
  ): Promise<{ versionId: string }>;
  abort(uploadId: string, signal?: AbortSignal): Promise<void>;
}

/** Large objects take servers minutes, and not all of them say anything meanwhile. */
const COMPLETION_SILENCE_MS = 300_000;

const GONE = "NoSuchUpload";

export function createMultipart(requests: S3Requests, key: string, subject: string): Multipart {
  async function leftovers(signal?: AbortSignal): Promise<string[]> {
    const found: string[] = [];
    let from: Record<string, string> | undefined = {};
    while (from !== undefined) {
      const page: UploadPage = await uploadPage(requests, key, from, signal);
      found.push(...page.uploadIds);
      from = page.next;
    }
    return found;
  }

  async function abort(uploadId: string, signal?: AbortSignal): Promise<void> {
    await requests.send(
      {
        operation: "AbortMultipartUpload",
        method: "DELETE",
        key,
        query: { uploadId },
        expected: [GONE],
      },
      signal,
    );
  }

  return {
    abort,

    async clear(signal) {
      try {
        for (const uploadId of await leftovers(signal)) await abort(uploadId, signal);
      } catch (error) {
        // Who may not do this, or whose server cannot, can still upload.
        const refused = error instanceof DdbrError && /^(permission|service-refused)$/.test(error.code);
        if (!refused) throw error;
      }
    },

    create: (headers, signal) =>
      requests.ask(
        {
          operation: "CreateMultipartUpload",
          method: "POST",
          key,
          query: { uploads: "" },
          headers,
          root: "InitiateMultipartUploadResult",
          read: (document) => document.required("UploadId"),
        },
        signal,
      ),

    async put(uploadId, number, body, signal) {
      const { headers } = await requests.send(
        {
          operation: "UploadPart",
          method: "PUT",
          key,
          query: { partNumber: `${number}`, uploadId },
          headers: { "content-md5": hash("md5", body, "base64") },
          body,
          check({ headers }) {
            if (!headers.get("etag")) throw new NotS3("a part without an ETag");
          },
        },
        signal,
      );
      return { number, etag: headers.get("etag")! };
    },

    async complete(uploadId, parts, token, signal) {
      const answer = await requests.send(
        {
          operation: "CompleteMultipartUpload",
          method: "POST",
          key,
          query: { uploadId },
          headers: { "content-type": "application/xml" },
          body: Buffer.from(partList(parts)),
          expected: [GONE],
          silenceMs: COMPLETION_SILENCE_MS,
          check({ body }) {
            if (parseXml(body, "CompleteMultipartUploadResult") === undefined) {
              throw new NotS3("an upload completed in no known way");
            }
          },
        },
        signal,
      );
      if (answer.headers.has("x-amz-version-id")) return { versionId: versionIdOf(answer.headers) };
      // An earlier attempt may have taken effect though its answer was lost: then S3 knows no such upload, and others
      // say that it is complete, but not as what version.
      const { headers, refusal } = await requests.send(
        { operation: "HeadObject", method: "HEAD", key, expected: [...ABSENT, "AccessDenied"] },
        signal,
      );
      if (refusal === undefined && isOfUpload(headers, token)) return { versionId: versionIdOf(headers) };
      if (answer.refusal === undefined) return { versionId: versionIdOf(answer.headers) };
      throw new DdbrError("service-refused", `somebody else has given up the upload of ${key}`, {
        subject,
        hint: "start again; only one may upload an object at a time",
      });
    },
  };
}

interface UploadPage {
  uploadIds: string[];
  next: Record<string, string> | undefined;
}

function uploadPage(
  requests: S3Requests,
  key: string,
  from: Record<string, string>,
  signal?: AbortSignal,
): Promise<UploadPage> {
  return requests.ask(
    {
      operation: "ListMultipartUploads",
      method: "GET",
      query: { uploads: "", "encoding-type": "url", prefix: key, ...from },
      root: "ListMultipartUploadsResult",
      read(document) {
        const uploadIds: string[] = [];
        for (const [, upload] of document.each("Upload")) {
          if (decodeKey(upload.required("Key")) === key) uploadIds.push(upload.required("UploadId"));
        }
        if (document.text("IsTruncated") !== "true") return { uploadIds, next: undefined };
        const keyMarker = decodeKey(document.required("NextKeyMarker"));
        const next = { "key-marker": keyMarker, "upload-id-marker": document.required("NextUploadIdMarker") };
        // What only begins with this key comes after it.
        return { uploadIds, next: keyMarker === key ? next : undefined };
      },
    },
    signal,
  );
}

function partList(parts: Part[]): string {
  const list = parts.map(
    ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join("")}</CompleteMultipartUpload>`;
}
