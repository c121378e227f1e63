import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { CloudFormationClient, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { DDBR } from "../test/helpers/cli.ts";
import { uniqueName } from "../test/helpers/environment.ts";
import { startTerminal, type TerminalSession } from "../test/helpers/pty.ts";
import { type Account, ELSEWHERE, HOME, openAccount } from "./helpers/account.ts";
import { aws } from "./helpers/backup-metrics.ts";

const MINUTE = 60_000;

let account: Account;
let session: TerminalSession | undefined;
const table = uniqueName("orders");
const cloudFormation = new CloudFormationClient({ endpoint: aws(), region: HOME });
beforeAll(async () => {
  account = await openAccount();
  await account.createTable(HOME, table, "NEW_IMAGE");
  await account.createTable(ELSEWHERE, table);
}, MINUTE);
afterAll(async () => {
  cloudFormation.destroy();
  await account.close();
});
afterEach(async () => {
  await session?.close();
  session = undefined;
});

function deploy(name: string): TerminalSession {
  const words = ["lambda", "deploy", "replicator", `${HOME}/${table}`, `${ELSEWHERE}/${table}`];
  const command = [DDBR, ...words, "--name", name, "--code", `s3://${account.codeBucket}`];
  session = startTerminal(command, { cols: 100, rows: 45, env: { ...account.env, LANG: "C.UTF-8" } });
  return session;
}

async function statusOf(name: string): Promise<string | undefined> {
  const { StackSummaries = [] } = await cloudFormation.send(new ListStacksCommand({}));
  return StackSummaries.find(({ StackName }) => StackName === name)?.StackStatus;
}

test(
  "it shows what will be made and asks; a no leaves nothing behind",
  async () => {
    const name = uniqueName("asked");
    const terminal = deploy(name);
    await terminal.waitFor(`Create the stack ${name}? [y/N]`, MINUTE);
    expect(terminal.screen().join("\n")).toContain("create  Lambda function Function");
    terminal.write("n\r");
    expect(await terminal.exitCode).toBe(130);
    expect(terminal.history().join("\n")).toContain("nothing was changed");
    expect(await statusOf(name)).toBe("DELETE_COMPLETE");
  },
  MINUTE,
);

test(
  "a yes rolls it out behind a dashboard, and the terminal is as it was",
  async () => {
    const name = uniqueName("agreed");
    const terminal = deploy(name);
    await terminal.waitFor("[y/N]", MINUTE);
    terminal.write("y\r");
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.raw()).toContain("\x1b[?1049h");
    expect(terminal.alternateScreen()).toBe(false);
    const shown = terminal.history().join("\n");
    expect(shown).toContain(`${name}: done`);
    expect(shown).not.toContain("[info]");
    expect(await statusOf(name)).toBe("CREATE_COMPLETE");
  },
  MINUTE,
);
