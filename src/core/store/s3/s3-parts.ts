import { createHash, hash } from "node:crypto";
import { DdbrError } from "../../errors.ts";
import { versionIdOf } from "./s3-headers.ts";
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
  create(headers: Record<string, string>): Promise<string>;
  put(uploadId: string, number: number, body: Buffer, signal?: AbortSignal): Promise<Part>;
  complete(
    uploadId: string,
    parts: Part[],
    size: number,
    signal?: AbortSignal,
  ): Promise<{ versionId: string }>;
  abort(uploadId: string, patienceMs?: number, signal?: AbortSignal): Promise<void>;
}

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

  async function abort(uploadId: string, patienceMs?: number, signal?: AbortSignal): Promise<void> {
    await requests.send(
      {
        operation: "AbortMultipartUpload",
        method: "DELETE",
        key,
        query: { uploadId },
        expected: [GONE],
        ...(patienceMs === undefined ? {} : { patienceMs }),
      },
      signal,
    );
  }

  return {
    abort,

    async clear(signal) {
      try {
        for (const uploadId of await leftovers(signal)) await abort(uploadId, undefined, signal);
      } catch (error) {
        // Who may not do this, or whose server cannot, can still upload.
        const refused = error instanceof DdbrError && /^(permission|service-refused)$/.test(error.code);
        if (!refused) throw error;
      }
    },

    create: (headers) =>
      requests.ask({
        operation: "CreateMultipartUpload",
        method: "POST",
        key,
        query: { uploads: "" },
        headers,
        root: "InitiateMultipartUploadResult",
        read: (document) => document.required("UploadId"),
      }),

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

    async complete(uploadId, parts, size, signal) {
      const answer = await requests.send(
        {
          operation: "CompleteMultipartUpload",
          method: "POST",
          key,
          query: { uploadId },
          headers: { "content-type": "application/xml" },
          body: Buffer.from(partList(parts)),
          expected: [GONE],
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
      if (refusal === undefined && isMadeOf(headers, parts, size)) return { versionId: versionIdOf(headers) };
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

/** Whether an object is what these parts make together: its ETag is the digest of theirs. */
function isMadeOf(headers: Headers, parts: Part[], size: number): boolean {
  const etag = unquoted(headers.get("etag") ?? "");
  const count = `-${parts.length}`;
  const digest = createHash("md5");
  for (const part of parts) digest.update(unquoted(part.etag), "hex");
  if (etag === digest.digest("hex") + count) return true;
  // With a key of KMS, ETags are digests of nothing that is known here.
  const secret = headers.get("x-amz-server-side-encryption")?.startsWith("aws:kms") ?? false;
  return secret && etag.endsWith(count) && Number(headers.get("content-length")) === size;
}

function unquoted(etag: string): string {
  return etag.replace(/^"|"$/g, "");
}
