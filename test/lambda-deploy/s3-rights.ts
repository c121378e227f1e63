import type { PassingRequest } from "../lambda/s3-front.ts";
import type { Statement } from "./resolve-template.ts";

/** A right that a request to S3 needs, as IAM knows it. */
export interface NeededRight {
  action: string;
  resource: string;
  /** Of a listing. */
  prefix: string | undefined;
}

/** What S3's documentation says that requests need; buckets are in the path. */
export function rightOf({ method, path }: Pick<PassingRequest, "method" | "path">): NeededRight {
  const { pathname, searchParams: query } = new URL(path, "http://s3");
  const [bucket = "", ...names] = decodeURIComponent(pathname).slice(1).split("/");
  const key = names.join("/");
  const resource = `arn:aws:s3:::${bucket}${key === "" ? "" : `/${key}`}`;
  const prefix = query.get("prefix") ?? undefined;
  const action = key === "" ? ofBucket(method, query) : ofObject(method, query);
  if (action === undefined) throw new TypeError(`which right does ${method} ${path} need?`);
  return { action: `s3:${action}`, resource, prefix };
}

function ofBucket(method: string, query: URLSearchParams): string | undefined {
  if (method !== "GET") return undefined;
  if (query.has("versioning")) return "GetBucketVersioning";
  if (query.has("versions")) return "ListBucketVersions";
  if (query.has("uploads")) return "ListBucketMultipartUploads";
  return query.get("list-type") === "2" ? "ListBucket" : undefined;
}

function ofObject(method: string, query: URLSearchParams): string | undefined {
  if (method === "GET" || method === "HEAD") {
    return query.has("versionId") ? "GetObjectVersion" : "GetObject";
  }
  if (method === "DELETE") return query.has("uploadId") ? "AbortMultipartUpload" : "DeleteObject";
  return method === "PUT" || method === "POST" ? "PutObject" : undefined;
}

/** Whether a statement grants a right, as IAM decides it. */
export function grants({ Action, Resource, Condition = {} }: Statement, needed: NeededRight): boolean {
  if (!Action.includes(needed.action)) return false;
  if (![Resource].flat().some((pattern) => matches(pattern, needed.resource))) return false;
  return Object.entries(Condition).every(([operator, { "s3:prefix": pattern = "" }]) => {
    const { prefix } = needed;
    if (prefix === undefined) return operator.endsWith("IfExists");
    return operator.startsWith("StringEquals") ? prefix === pattern : matches(pattern, prefix);
  });
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.?+^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`).test(text);
}
