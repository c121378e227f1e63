/**
 * A thread of its own for the embedded DynamoDB: serving tens of thousands of items keeps an event
 * loop busy, and the dashboard's must stay free.
 */
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";
import { demoTables } from "./demo-data.ts";
import { loadDemo } from "./load-demo.ts";

/** To listen on a port (0: any free one), or to make and fill the demo's tables. */
export type WorkerRequest = { type: "listen"; port: number } | { type: "load"; seed: number; orders: number };

export type WorkerReply =
  | { type: "listening"; port: number }
  | { type: "loading"; loaded: number }
  | { type: "loaded" }
  | { type: "failed"; message: string };

declare const self: Worker;

const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.on("request", surviveAbort);
server.on("error", failed);

self.onmessage = ({ data }: MessageEvent<WorkerRequest>) => {
  if (data.type === "load") load(data.seed, data.orders).catch(failed);
  else listen(data.port);
};

function listen(port: number): void {
  try {
    server.listen(port, "127.0.0.1", () => {
      reply({ type: "listening", port: (server.address() as AddressInfo).port });
    });
  } catch (error) {
    failed(error as Error);
  }
}

async function load(seed: number, orders: number): Promise<void> {
  await loadDemo(server.store, demoTables(seed, orders), (loaded) => reply({ type: "loading", loaded }));
  reply({ type: "loaded" });
}

/** dynalite throws, and so ends, when a client goes away in the middle of a request: a stopped job does that. */
function surviveAbort(request: IncomingMessage): void {
  request.removeAllListeners("error");
  request.on("error", () => request.destroy());
}

function reply(message: WorkerReply): void {
  self.postMessage(message);
}

function failed({ message }: Error): void {
  reply({ type: "failed", message });
}
