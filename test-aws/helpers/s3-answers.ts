import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { forward, headersForBody, readAll } from "../../test/helpers/http-forward.ts";

/** What moto calls its answer, and what S3 does. */
const MOTO = "GetBucketVersioningResponse";
const S3 = "VersioningConfiguration";

/** Stands before moto and sets right what it answers otherwise than S3. */
export async function startS3Answers(target: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const answer = await forward(new URL(target), request);
    const body = (await readAll(answer)) as Buffer;
    const asked = new URL(request.url ?? "/", target).searchParams;
    const whole = asked.has("versioning") ? Buffer.from(body.toString().replaceAll(MOTO, S3)) : body;
    response.writeHead(answer.statusCode!, headersForBody(answer, whole.length));
    response.end(whole);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
