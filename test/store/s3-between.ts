import type { ObjectStore } from "../../src/core/store/object-store.ts";
import type { S3StoreOptions } from "../../src/core/store/s3/s3-store.ts";
import { uniqueName } from "../helpers/environment.ts";
import { s3Endpoint, type TestBucket } from "../helpers/s3.ts";
import { openAt } from "./s3-opened.ts";

/** Answers in the real server's place, or changes what that answers. */
export type Between = (request: Request, pass: () => Promise<Response>) => Response | Promise<Response>;

/** A store in a folder of its own, with somebody between it and the real server. */
export async function withBetween(
  bucket: TestBucket,
  between: Between,
  use: (store: ObjectStore) => Promise<void>,
  options: S3StoreOptions = {},
): Promise<void> {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    fetch: (request) => between(request, () => passOn(request)),
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const store = await openAt(`s3://${bucket.name}/${uniqueName("folder")}`, { endpoint, ...options });
  try {
    await use(store);
  } finally {
    store.close();
    await server.stop(true);
  }
}

async function passOn(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { method, headers } = request;
  const body = method === "GET" || method === "HEAD" ? null : await request.arrayBuffer();
  return fetch(s3Endpoint() + pathname + search, { method, headers, body, decompress: false });
}

export function refusal(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code><Message>m</Message></Error>`, { status });
}

/** Never answers. Resolves `givenUp` when the client doesn't wait any longer. */
export function silence(request: Request, givenUp: () => void = () => {}): Promise<Response> {
  request.signal.addEventListener("abort", () => givenUp(), { once: true });
  return new Promise(() => {});
}

export const queryOf = (request: Request) => new URL(request.url).search;
