import { expect, test } from "bun:test";
import { runDdbr } from "../helpers/cli.ts";

const refusal = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

/** What the program says of a CloudFormation that answers everything so. */
async function answered(status: number, body: string): Promise<string> {
  const headers = { "content-type": "text/xml" };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response(body, { status, headers }),
  });
  try {
    const env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}` };
    const { code, stdout, stderr } = await runDdbr(["lambda", "status", "orders"], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^ddbr: [^\n]*\n$/);
    return stderr;
  } finally {
    await server.stop(true);
  }
}

test.each<[number, string, string]>([
  [
    403,
    refusal("AccessDenied", "User: a is not authorized\nto do it"),
    "not allowed to DescribeStacks: User: a is not",
  ],
  [
    403,
    refusal("InvalidClientTokenId", "The token is invalid."),
    "The token is invalid. - check AWS_PROFILE",
  ],
  [403, refusal("ExpiredToken", "The token is expired."), "sign in again"],
  [400, refusal("Throttling", "Rate exceeded"), "throttled by CloudFormation at DescribeStacks"],
  [400, refusal("ValidationError", "1 validation error detected"), "refused: 1 validation error detected"],
  [500, refusal("InternalFailure", "It failed."), "CloudFormation failed at DescribeStacks: It failed."],
  [200, "<html>Hello</html>", "does not speak CloudFormation"],
])("an answer of %i (%p) is one clear line", async (status, body, words) => {
  expect(await answered(status, body)).toContain(words);
});
