import { createHash, createHmac, type Hash, type Hmac, hash } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

export interface UnsignedRequest {
  method: string;
  url: URL;
  /** As in the URL, but not encoded. */
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Uint8Array | undefined;
}

/** Returns the headers to send. `now` is the server's time, milliseconds since 1970. */
export type Sign = (request: UnsignedRequest, now: number) => Promise<Record<string, string>>;

type Credentials = ConstructorParameters<typeof SignatureV4>[0]["credentials"];

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Signs a request together with its whole body, so that the server notices what changes on the way. */
export function createSigner(credentials: Credentials, region: string): Sign {
  const signer = new SignatureV4({
    credentials,
    region,
    service: "s3",
    sha256: NativeSha256,
    // S3 alone has paths that are encoded once.
    uriEscapePath: false,
  });
  return async ({ method, url, query, headers, body }, now) => {
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: {
        ...headers,
        host: url.host,
        "x-amz-content-sha256": body === undefined ? EMPTY_SHA256 : hash("sha256", body),
      },
    };
    const signed = await signer.sign(request, { signingDate: new Date(now) });
    // fetch() says the host itself.
    const { host, ...rest } = signed.headers;
    return rest;
  };
}

type HashInput = string | ArrayBuffer | ArrayBufferView;

/** The SDK's own is JavaScript where it must also run in browsers. */
class NativeSha256 {
  #hash: Hash | Hmac;
  readonly #secret: HashInput | undefined;

  constructor(secret?: HashInput) {
    this.#secret = secret;
    this.#hash = this.#begin();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin(): Hash | Hmac {
    if (this.#secret === undefined) return createHash("sha256");
    return createHmac("sha256", typeof this.#secret === "string" ? this.#secret : bytesOf(this.#secret));
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
