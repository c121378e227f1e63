/**
 * A thread of its own for the embedded DynamoDB: serving tens of thousands of items keeps an event
 * loop busy, and the dashboard's must stay free.
 */
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";

/** The port to listen on, 0 for any free one. */
export type WorkerRequest = { port: number };

/** The port it listens on, or why it does not. */
export type WorkerReply = { port: number } | { error: string };

declare const self: Worker;

// dynalite still calls url.parse, and a warning would be drawn over the dashboard.
process.noDeprecation = true;

self.onmessage = (event: MessageEvent<WorkerRequest>) => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.on("request", surviveAbort);
  server.once("error", (error: Error) => reply({ error: error.message }));
  server.listen(event.data.port, "127.0.0.1", () => reply({ port: (server.address() as AddressInfo).port }));
};

function reply(message: WorkerReply): void {
  self.postMessage(message);
}

/** dynalite throws, and so ends, when a client goes away in the middle of a request: a stopped job does that. */
function surviveAbort(request: IncomingMessage): void {
  request.removeAllListeners("error");
  request.on("error", () => request.destroy());
}
