import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { forward, readAll } from "../helpers/http-forward.ts";
import { s3Endpoint } from "../helpers/s3.ts";

/** A request to S3 on its way. */
export interface PassingRequest {
  method: string;
  path: string;
  /** The sequence number that is recorded with what it writes. */
  sequence: string | undefined;
}

export interface S3Front {
  url: string;
  /** As they came. */
  requests: PassingRequest[];
  stop(): Promise<void>;
}

/** A server before the tests' S3 that refuses what `refused` holds true for, for good, and passes on the rest. */
export async function startS3Front(
  refused: (request: PassingRequest) => boolean | Promise<boolean>,
): Promise<S3Front> {
  const requests: PassingRequest[] = [];
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const passing = passingOf(request);
    requests.push(passing);
    // What has been sent arrives, also where who sent it has gone meanwhile.
    const body = await readAll(request);
    if (await refused(passing)) {
      response.writeHead(400, { "content-type": "application/xml", "x-amz-request-id": "tx0000refused" });
      response.end("<Error><Code>InvalidArgument</Code><Message>Refused by the test.</Message></Error>");
      return;
    }
    const upstream = await forward(new URL(s3Endpoint()), request, body.length > 0 ? body : undefined);
    response.writeHead(upstream.statusCode ?? 502, upstream.headers);
    upstream.pipe(response);
  }
  const server = createServer((request, response) => {
    // Who asked may have gone meanwhile.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function passingOf({ method = "", url = "", headers }: IncomingMessage): PassingRequest {
  return { method, path: url, sequence: headers["x-amz-meta-ddbr-sequence"]?.toString() };
}
