import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readAll } from "../../test/helpers/http-forward.ts";

/** What a function says when it fails. */
export type LambdaError = { errorType: string; errorMessage: string };

/** What came of an event. */
export type Outcome = { answer: unknown } | { error: LambdaError };

/** Lambda's side of the API by which a runtime takes events and answers them. */
export type RuntimeApi = {
  /** Host and port, as AWS_LAMBDA_RUNTIME_API names them. */
  address: string;
  /** Resolves when the function is made and asks for its first event, or with the error that kept it from being made. */
  started: Promise<LambdaError | undefined>;
  /** Hands over an event and waits for what comes of it. Rejects when the function's time is up, as Lambda then cuts it off. */
  invoke(event: unknown, timeoutMs: number): Promise<Outcome>;
  close(): void;
};

const INVOCATION = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;

export async function startRuntimeApi(arn: string): Promise<RuntimeApi> {
  const started = Promise.withResolvers<LambdaError | undefined>();
  const running = new Map<string, (outcome: Outcome) => void>();
  /** Handed over as soon as the function asks. */
  let next = Promise.withResolvers<ServerResponse>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/2018-06-01/runtime/invocation/next") {
      started.resolve(undefined);
      next.resolve(response);
      return;
    }
    const body = JSON.parse((await readAll(request)).toString());
    const [, id, kind] = INVOCATION.exec(request.url ?? "") ?? [];
    if (request.url === "/2018-06-01/runtime/init/error") started.resolve(body);
    else if (id !== undefined) running.get(id)?.(kind === "response" ? { answer: body } : { error: body });
    response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    started: started.promise,
    async invoke(event, timeoutMs) {
      const response = await next.promise;
      next = Promise.withResolvers();
      const id = randomUUID();
      const outcome = Promise.withResolvers<Outcome>();
      running.set(id, outcome.resolve);
      const cutOff = setTimeout(
        () => outcome.reject(new Error("the function was cut off: it did not answer in its time")),
        timeoutMs,
      );
      response.writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": id,
        "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
        "lambda-runtime-invoked-function-arn": arn,
        "lambda-runtime-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
      });
      response.end(JSON.stringify(event));
      return outcome.promise.finally(() => {
        clearTimeout(cutOff);
        running.delete(id);
      });
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
