import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { forward, readAll } from "./http-forward.ts";

/** DynamoDB that answers scans slowly, and with fewer items than it could: small tables take as many requests as large ones. */
export type SmallPages = { url: string; stop(): Promise<void> };

export async function startSmallPages(
  target: string,
  { items, pauseMs }: { items: number; pauseMs: number },
): Promise<SmallPages> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const isScan = String(request.headers["x-amz-target"]).endsWith(".Scan");
    if (isScan) await Bun.sleep(pauseMs);
    const asked = isScan
      ? Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), Limit: items }))
      : body;
    const answer = await forward(new URL(target), request, asked);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
