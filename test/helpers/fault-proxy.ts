import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { errorAnswer, type Service } from "./fault-answers.ts";
import { type Call, type Fault, type FaultRule, faultChooser, seededNumbers } from "./fault-rules.ts";
import { type SplitBatch, splitBatch } from "./fault-unprocessed.ts";
import { forward, headersForBody, readAll } from "./http-forward.ts";

export type { Fault, FaultRule } from "./fault-rules.ts";

export type ProxyLogEntry = Call & { faults: Fault["kind"][]; status: number | undefined };

export type ProxyStats = {
  /** Requests that arrived, per operation. */
  calls: Record<string, number>;
  /** Faults that happened, per kind. */
  faults: Partial<Record<Fault["kind"], number>>;
  /** Every request in order of arrival, when `log` is on. */
  log: ProxyLogEntry[];
};

export type FaultProxyOptions = {
  /** The real server, e.g. `http://127.0.0.1:8000`. */
  target: string;
  seed?: number;
  rules?: FaultRule[];
  log?: boolean;
  /** Awaited before a request is dealt with. `body` is the JSON text for DynamoDB, undefined for S3. */
  onRequest?: (operation: string, body: string | undefined, call: number) => unknown;
  /** Awaited when the server has answered, before the client gets to know. `body` as in `onRequest`. */
  onResponse?: (operation: string, status: number, body: string | undefined, call: number) => unknown;
};

export type FaultProxy = {
  url: string;
  port: number;
  stats: ProxyStats;
  /** Replaces the rules; the counts of calls go on. */
  setRules(rules: FaultRule[]): void;
  stop(): Promise<void>;
};

/** Starts a proxy before a real DynamoDB or S3 server that makes requests fail as the rules say. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const stats: ProxyStats = { calls: {}, faults: {}, log: [] };
  const seed = options.seed ?? 1;
  let choose = faultChooser(seed, options.rules ?? []);
  const server = createServer((request, response) => {
    const operation = operationOf(request);
    const number = (stats.calls[operation] ?? 0) + 1;
    stats.calls[operation] = number;
    const call = { operation, number };
    const exchange = new Exchange(options, stats, seed, call, request, response);
    exchange.run(choose(call)).catch(() => exchange.reset());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stats,
    setRules: (rules) => {
      choose = faultChooser(seed, rules);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function operationOf(request: IncomingMessage): string {
  return targetOf(request)?.split(".").at(-1) ?? request.method ?? "";
}

function targetOf(request: IncomingMessage): string | undefined {
  return request.headers["x-amz-target"]?.toString();
}

/** One request and what becomes of it. */
class Exchange {
  private readonly service: Service;
  private readonly entry: ProxyLogEntry;

  constructor(
    private readonly options: FaultProxyOptions,
    private readonly stats: ProxyStats,
    private readonly seed: number,
    private readonly call: Call,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    this.service = targetOf(request) === undefined ? "s3" : "dynamodb";
    this.entry = { ...call, faults: [], status: undefined };
    if (options.log) stats.log.push(this.entry);
  }

  async run(faults: Fault[]): Promise<void> {
    // DynamoDB's bodies are small and hooks want them; S3's may be large and pass through as they come.
    const body = this.service === "dynamodb" ? await readAll(this.request) : undefined;
    await this.options.onRequest?.(this.call.operation, body?.toString(), this.call.number);
    for (const fault of faults) {
      if (fault.kind !== "delay") continue;
      this.count(fault);
      await Bun.sleep(fault.ms);
    }
    await this.deal(
      faults.find((fault) => fault.kind !== "delay"),
      body,
    );
  }

  reset(): void {
    const { socket } = this.request;
    if (socket.resetAndDestroy) socket.resetAndDestroy();
    else socket.destroy();
  }

  private async deal(fault: Fault | undefined, body: Buffer | undefined): Promise<void> {
    const error = fault && errorAnswer(fault, this.service);
    if (fault && error) {
      this.count(fault);
      if (!body) await readAll(this.request);
      return this.answer(error.status, error.headers, Buffer.from(error.body));
    }
    if (fault?.kind === "reset-before") {
      this.count(fault);
      return this.reset();
    }
    if (fault?.kind === "unprocessed" && body) {
      const random = seededNumbers(this.seed, -1, this.call);
      const split = splitBatch(this.call.operation, body.toString(), fault.share, random);
      if (split) {
        this.count(fault);
        return this.passPart(split);
      }
    }
    await this.pass(fault, body);
  }

  private async passPart(split: SplitBatch): Promise<void> {
    if (split.forward === undefined) {
      const headers = { "content-type": "application/x-amz-json-1.0" };
      return this.answer(200, headers, Buffer.from(split.answer(undefined)));
    }
    const upstream = await forward(new URL(this.options.target), this.request, Buffer.from(split.forward));
    const theirs = await readAll(upstream);
    const ok = upstream.statusCode === 200;
    const body = ok ? Buffer.from(split.answer(theirs.toString())) : theirs;
    await this.tellResponse(upstream, body);
    this.answer(upstream.statusCode ?? 502, headersForBody(upstream, body.length), body);
  }

  private async pass(fault: Fault | undefined, body: Buffer | undefined): Promise<void> {
    const upstream = await forward(new URL(this.options.target), this.request, body);
    const whole = body || fault ? await readAll(upstream) : undefined;
    await this.tellResponse(upstream, body ? whole : undefined);
    if (fault?.kind === "reset-after") {
      this.count(fault);
      return this.reset();
    }
    const status = upstream.statusCode ?? 502;
    if (fault?.kind === "truncate" && whole) {
      this.count(fault);
      return this.answerHalf(status, upstream, whole);
    }
    if (whole) return this.answer(status, headersForBody(upstream, whole.length), whole);
    this.entry.status = status;
    this.response.writeHead(status, upstream.headers);
    upstream.pipe(this.response);
  }

  private answer(status: number, headers: Record<string, unknown>, body: Buffer): void {
    this.entry.status = status;
    this.response.writeHead(status, {
      ...(headers as Record<string, string>),
      "content-length": body.length,
    });
    this.response.end(body);
  }

  private answerHalf(status: number, upstream: IncomingMessage, whole: Buffer): void {
    this.entry.status = status;
    this.response.writeHead(status, headersForBody(upstream, whole.length));
    this.response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => this.request.socket.destroy());
  }

  private async tellResponse(upstream: IncomingMessage, body: Buffer | undefined): Promise<void> {
    const { operation, number } = this.call;
    await this.options.onResponse?.(operation, upstream.statusCode ?? 502, body?.toString(), number);
  }

  private count(fault: Fault): void {
    this.stats.faults[fault.kind] = (this.stats.faults[fault.kind] ?? 0) + 1;
    this.entry.faults.push(fault.kind);
  }
}
