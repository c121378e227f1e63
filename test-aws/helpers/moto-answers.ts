import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { forward, headersForBody, readAll } from "../../test/helpers/http-forward.ts";

/** What moto calls its answer, and what S3 does. */
const MOTO = "GetBucketVersioningResponse";
const S3 = "VersioningConfiguration";

/** A parameter that is a list, as Python writes one. */
const LIST = /<ParameterValue>\[(.*?)\]<\/ParameterValue>/g;

/** What moto says, as AWS says it. */
function corrected(body: Buffer, asked: URLSearchParams): Buffer {
  if (asked.has("versioning")) return Buffer.from(body.toString().replaceAll(MOTO, S3));
  if (!body.subarray(0, 100).includes("<DescribeStacksResponse")) return body;
  const elements = (list: string) =>
    list.replace(/'(.*?)'(, )?/g, (_, element, more) => `${element}${more ? "," : ""}`);
  return Buffer.from(
    body.toString().replace(LIST, (_, list) => `<ParameterValue>${elements(list)}</ParameterValue>`),
  );
}

/** Stands before moto and sets right what it answers otherwise than AWS. */
export async function startMotoAnswers(target: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const answer = await forward(new URL(target), request);
    const body = (await readAll(answer)) as Buffer;
    const asked = new URL(request.url ?? "/", target).searchParams;
    const whole = corrected(body, asked);
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
