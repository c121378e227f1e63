import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/**
 * Sends a request on to `target` with the same method, path and headers (Host too: it is part of what an S3
 * request's signature covers). The body is `body`, or what comes from the client as it comes.
 */
export function forward(target: URL, from: IncomingMessage, body?: Buffer): Promise<IncomingMessage> {
  const headers: OutgoingHttpHeaders = { ...from.headers };
  delete headers.connection;
  if (body) {
    headers["content-length"] = body.length;
    delete headers["transfer-encoding"];
  }
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      host: target.hostname,
      port: target.port,
      method: from.method ?? "GET",
      path: from.url ?? "/",
      headers,
    };
    const outgoing = request(options, resolve);
    outgoing.on("error", reject);
    if (body) outgoing.end(body);
    else from.pipe(outgoing);
  });
}

export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The headers of an answer that still hold when its body was replaced by one of `length` bytes. */
export function headersForBody(from: IncomingMessage, length: number): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...from.headers, "content-length": length };
  for (const name of ["transfer-encoding", "content-encoding", "connection", "x-amz-crc32"])
    delete headers[name];
  return headers;
}
