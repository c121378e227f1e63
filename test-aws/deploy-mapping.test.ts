import { afterAll, beforeAll, expect, test } from "bun:test";
import { UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { uniqueName } from "../test/helpers/environment.ts";
import { type Account, ELSEWHERE, eventsOf, HOME, openAccount } from "./helpers/account.ts";

const MINUTE = 60_000;

let account: Account;
const table = uniqueName("orders");
const name = uniqueName("mapped");
beforeAll(async () => {
  account = await openAccount();
  await account.createTable(HOME, table, "NEW_IMAGE");
  await account.createTable(ELSEWHERE, table);
}, MINUTE);
afterAll(() => account.close());

const deploy = (...options: string[]) =>
  account.ddbr([
    ...["lambda", "deploy", "replicator", `${HOME}/${table}`, `${ELSEWHERE}/${table}`, "--name", name],
    ...["--code", `s3://${account.codeBucket}`, "--json", ...options],
  ]);

const warningsOf = (stdout: string) => eventsOf(stdout).filter(({ event }) => event === "warning");

test(
  "that somebody took ReportBatchItemFailures from the mapping is told by status and by the next deployment",
  async () => {
    const first = await deploy("--yes");
    expect(first.code).toBe(0);
    expect(warningsOf(first.stdout)).toEqual([]);
    const [source] = (await account.deployed(name)).sources;
    const UUID = source!.UUID!;
    await account.lambda.send(new UpdateEventSourceMappingCommand({ UUID, FunctionResponseTypes: [] }));

    const { code, stdout } = await account.ddbr(["lambda", "status", name, "--json"]);
    expect(code).toBe(1);
    const [status] = eventsOf(stdout);
    expect(status).toMatchObject({ sources: [{ partialAnswers: false }] });
    expect(status!.problems).toHaveLength(1);
    const command = `aws lambda update-event-source-mapping --region ${HOME} --uuid ${UUID} --function-response-types ReportBatchItemFailures`;
    expect(String(status!.problems)).toEndWith(`: ${command}`);

    const again = await deploy("--dry-run", "--batch-size", "7");
    expect(again.code).toBe(0);
    expect(warningsOf(again.stdout)).toMatchObject([{ message: expect.stringContaining(command) }]);
  },
  MINUTE,
);
