import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readAll } from "../../test/helpers/http-forward.ts";
import type { Outcome } from "./runtime-api.ts";

/** What comes of a call; `throttled`: there is no room for it. */
export type CallOutcome = Outcome | "throttled";

/** Lambda as its callers know it: the one operation `Invoke`. */
export type LambdaApi = { port: number; stop(): Promise<void> };

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** @param invoke the function's name is the end of its ARN */
export async function startLambdaApi(
  invoke: (name: string, event: unknown) => Promise<CallOutcome>,
): Promise<LambdaApi> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("x-amzn-requestid", randomUUID());
    const [, name] = INVOKE.exec(request.url ?? "") ?? [];
    const body = (await readAll(request)).toString();
    if (request.method !== "POST" || name === undefined) {
      response.writeHead(404).end();
      return;
    }
    const outcome = await invoke(decodeURIComponent(name).split(":").at(-1)!, JSON.parse(body));
    if (outcome === "throttled") return refuse(response);
    const isError = "error" in outcome;
    response.writeHead(200, {
      "content-type": "application/json",
      "x-amz-executed-version": "$LATEST",
      ...(isError && { "x-amz-function-error": "Unhandled" }),
    });
    response.end(JSON.stringify(isError ? outcome.error : outcome.answer));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(response: ServerResponse): void {
  response.writeHead(429, {
    "content-type": "application/json",
    "x-amzn-errortype": "TooManyRequestsException",
  });
  response.end(
    JSON.stringify({
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      message: "Rate Exceeded.",
    }),
  );
}
