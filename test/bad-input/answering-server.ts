import { createServer } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";

export interface Answer {
  status: number;
  type?: string;
  body: string;
}

export const html = (status: number): Answer => ({
  status,
  type: "text/html",
  body: "<!DOCTYPE html>\n<html><body>Nothing to see here.</body></html>\n",
});

export const json = (value: unknown, status = 200): Answer => ({
  status,
  type: "application/x-amz-json-1.0",
  body: JSON.stringify(value),
});

/** An error as DynamoDB words it. */
export const failure = (code: string, message: string, status = 400): Answer =>
  json({ __type: `com.amazon.coral.service#${code}`, message }, status);

export interface FakeServer {
  url: string;
  requests: number;
}

/** Runs `body` with a server on 127.0.0.1 that answers every request alike. */
export async function withServer(
  answer: Answer,
  body: (server: FakeServer) => Promise<unknown>,
): Promise<void> {
  const fake: FakeServer = { url: "", requests: 0 };
  const server = createServer((request, response) => {
    fake.requests++;
    request.resume();
    response.writeHead(answer.status, { "content-type": answer.type ?? "text/plain" });
    response.end(answer.body);
  });
  await listening(server, fake, body);
}

/** The same with a server that does not speak HTTP: `greet` gets every connection. */
export async function withTcpServer(
  greet: (socket: Socket) => void,
  body: (server: FakeServer) => Promise<unknown>,
): Promise<void> {
  const fake: FakeServer = { url: "", requests: 0 };
  const server = createTcpServer((socket) => {
    fake.requests++;
    socket.on("error", () => {});
    greet(socket);
  });
  await listening(server, fake, body);
}

async function listening(
  server: TcpServer,
  fake: FakeServer,
  body: (server: FakeServer) => Promise<unknown>,
): Promise<void> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await body(fake);
  } finally {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
}
