import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { forward, headersForBody, readAll } from "../helpers/http-forward.ts";

/** A server before an S3 server that says of versions only in which second they were stored, as AWS's own does. */
export async function startWholeSeconds(target: string): Promise<{
  url: string;
  /** How many times were cut. */
  cut(): number;
  stop(): Promise<void>;
}> {
  let count = 0;
  const server = createServer(async (request, response) => {
    try {
      const upstream = await forward(new URL(target), request);
      const listsVersions = request.method === "GET" && /[?&]versions(=|&|$)/.test(request.url ?? "");
      if (!listsVersions) {
        response.writeHead(upstream.statusCode ?? 502, upstream.headers);
        upstream.pipe(response);
        return;
      }
      const text = (await readAll(upstream)).toString();
      const body = Buffer.from(
        text.replace(/(<LastModified>[^<]*)\.\d{3}Z(?=<)/g, (_, whole) => {
          count++;
          return `${whole}.000Z`;
        }),
      );
      response.writeHead(upstream.statusCode ?? 502, headersForBody(upstream, body.length));
      response.end(body);
    } catch {
      request.socket.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    cut: () => count,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
