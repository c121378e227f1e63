import { DdbrError } from "../errors.ts";
import { DEMO_ORDERS } from "./demo-data.ts";
import type { WorkerReply, WorkerRequest } from "./dynalite-worker.ts";

export interface DemoLoad {
  seed: number;
  /** Orders in the primary. */
  orders?: number;
  /** Told every few hundred items: how many are in, of both tables together. */
  progress?: (loaded: number) => void;
}

export interface EmbeddedDynamo {
  /** `http://127.0.0.1:<port>`; it takes any credentials. */
  endpoint: string;
  /** Makes and fills the tables that `demoTables(seed, orders)` describes; once. */
  loadDemo(load: DemoLoad): Promise<void>;
  /** Ends the server and drops its tables. */
  stop(): Promise<void>;
}

/**
 * Starts an empty in-memory DynamoDB on this machine, in a thread of its own; 0 or no port takes any free one.
 * It does not keep the process alive by itself, so that a failing command still ends.
 * Throws a DdbrError when the port is not to be had.
 */
export async function startEmbeddedDynamo({ port = 0 }: { port?: number } = {}): Promise<EmbeddedDynamo> {
  const worker = new Worker(new URL("./dynalite-worker.ts", import.meta.url).href);
  const closed = new Promise<void>((resolve) => worker.addEventListener("close", () => resolve()));
  const stop = () => {
    worker.ref();
    worker.terminate();
    return closed;
  };
  const listening = await ask(worker, { type: "listen", port }, "listening").catch(async (error: Error) => {
    await stop();
    throw new DdbrError("connection", `the embedded DynamoDB cannot listen: ${error.message}`, {
      subject: `127.0.0.1:${port}`,
      hint: "choose another port",
    });
  });
  worker.unref();
  return {
    endpoint: `http://127.0.0.1:${listening.port}`,
    async loadDemo({ seed, orders = DEMO_ORDERS, progress }) {
      worker.ref();
      await ask(worker, { type: "load", seed, orders }, "loaded", progress).finally(() => worker.unref());
    },
    stop,
  };
}

/** Sends a request and waits for the reply that ends it; rejects when the thread fails or ends instead. */
function ask<Type extends WorkerReply["type"]>(
  worker: Worker,
  request: WorkerRequest,
  ending: Type,
  progress?: (loaded: number) => void,
): Promise<Extract<WorkerReply, { type: Type }>> {
  const { promise, resolve, reject } = Promise.withResolvers<Extract<WorkerReply, { type: Type }>>();
  const done = new AbortController();
  const { signal } = done;
  const onMessage = ({ data }: MessageEvent<WorkerReply>) => {
    if (data.type === "failed") reject(new Error(data.message));
    else if (data.type === "loading") progress?.(data.loaded);
    else if (isReply(data, ending)) resolve(data);
  };
  worker.addEventListener("message", onMessage, { signal });
  worker.addEventListener("error", ({ message }) => reject(new Error(message)), { signal });
  worker.addEventListener("close", () => reject(new Error("it was stopped")), { signal });
  worker.postMessage(request);
  return promise.finally(() => done.abort());
}

function isReply<Type extends WorkerReply["type"]>(
  reply: WorkerReply,
  type: Type,
): reply is Extract<WorkerReply, { type: Type }> {
  return reply.type === type;
}
