import { parseXml } from "./s3-xml.ts";

/** S3 answered that it did not do what was asked. */
export class S3Refusal extends Error {
  readonly status: number;
  /** S3's own word for it, such as `NoSuchKey`; empty when it isn't S3 that answers. */
  readonly code: string;
  readonly headers: Headers;
  /** Where the bucket is, as far as the answer tells. */
  readonly region: string | undefined;

  constructor(status: number, headers: Headers, code: string, message: string, region?: string) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.code = code;
    this.region = headers.get("x-amz-bucket-region") ?? region;
  }
}

/** The answers to HEAD have no body that would say more. */
const HEAD_CODES: Record<number, string> = {
  301: "PermanentRedirect",
  307: "TemporaryRedirect",
  400: "BadRequest",
  403: "AccessDenied",
  404: "NotFound",
  405: "MethodNotAllowed",
  412: "PreconditionFailed",
  503: "ServiceUnavailable",
};

export function readRefusal(method: string, status: number, headers: Headers, body: Buffer): S3Refusal {
  if (method === "HEAD") {
    const code = HEAD_CODES[status] ?? (status >= 500 ? "InternalError" : "BadRequest");
    return new S3Refusal(status, headers, code, `HTTP status ${status}`);
  }
  const error = parseXml(body, "Error");
  const code = error?.text("Code") ?? "";
  const message = error?.text("Message") ?? `HTTP status ${status}`;
  return new S3Refusal(status, headers, code, message, error?.text("Region"));
}

/** CompleteMultipartUpload begins to answer, with success, before it knows how it ends. */
export function refusalInSuccess(headers: Headers, body: Buffer): S3Refusal | undefined {
  if (parseXml(body, "Error") === undefined) return undefined;
  const refusal = readRefusal("POST", 200, headers, body);
  return refusal.code === "" ? undefined : new S3Refusal(500, headers, refusal.code, refusal.message);
}
