import { expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDdbr } from "../helpers/cli.ts";
import { followedTables, ids, names } from "./followed-tables.ts";
import { checkpointIn, followToTheEnd, followWords, startFollower } from "./follower.ts";

const MINUTE = 60_000;
const tables = followedTables();

test(
  "plain lines tell where it starts, how it ends, and where it goes on",
  async () => {
    await tables.fill(0, 30);
    await tables.primary.delete({ id: { S: "key-3" } });
    const follower = {
      primary: tables.primary.location,
      target: tables.replica.location,
      checkpoint: checkpointIn(tables.folder),
    };
    const first = await followToTheEnd(follower);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain(`[start] from ${tables.primary.location} to ${tables.replica.location}`);
    expect(first.stdout).toContain("[start] from trim-horizon; checkpoint ");
    expect(first.stdout).toContain("[summary] caught up: 30 records written, up to date");
    expect(first.stdout).toContain("[summary] read: 31 records, 1 superseded, ");
    expect(await ids(tables.replica)).toEqual(names(0, 30).filter((id) => id !== "key-3"));

    await tables.fill(30, 40);
    const next = await runDdbr([...followWords(follower), "--until-caught-up", "--start", "latest"]);
    expect(next.stdout).toContain(`[start] goes on from ${follower.checkpoint}`);
    expect(next.stdout).toContain(
      "[warning] there is a checkpoint to go on from: --start is for a first run",
    );
    expect(next.stdout).toContain("10 records written");
    expect(await ids(tables.replica)).toHaveLength(39);
  },
  MINUTE,
);

test(
  "the checkpoint's file lies here and is named after both, unless it is named",
  async () => {
    const args = ["follow", tables.primary.location, tables.replica.location, "--until-caught-up", "--quiet"];
    const { code, stdout } = await runDdbr(args, { cwd: tables.folder });
    expect(code).toBe(0);
    const name = `${tables.primary.location}-to-${tables.replica.location}.follow.json`.replace(
      /[:/]+/g,
      "-",
    );
    expect(stdout).toContain(`goes on from ${name}`);
    expect(stdout).not.toContain("[start]");
    expect(JSON.parse(await readFile(join(tables.folder, name), "utf8"))).toMatchObject({
      format: "ddbr-follow",
    });
  },
  MINUTE,
);

test(
  "from the latest on, what was there before is left",
  async () => {
    await tables.fill(0, 5);
    const { calls } = tables.proxy.stats;
    const before = calls.GetRecords ?? 0;
    const running = startFollower(tables.throughProxy(["--start", "latest"]));
    // From then on it has its place in the stream.
    while ((calls.GetRecords ?? 0) === before) await Bun.sleep(5);
    await tables.fill(5, 10);
    while ((await ids(tables.replica)).length < 5) await Bun.sleep(20);
    running.kill("SIGTERM");
    expect(await running.exited).toBe(130);
    expect(await ids(tables.replica)).toEqual(names(5, 10));
  },
  MINUTE,
);

test(
  "--json tells of the run in events, and of nothing else",
  async () => {
    await tables.fill(0, 20);
    const follower = {
      primary: tables.primary.location,
      target: tables.replica.location,
      checkpoint: checkpointIn(tables.folder),
    };
    const { code, stdout } = await runDdbr([...followWords(follower), "--until-caught-up", "--json"]);
    expect(code).toBe(0);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({
      event: "started",
      primary: tables.primary.location,
      target: tables.replica.location,
      kind: "replica",
      resumed: false,
      start: "trim-horizon",
    });
    expect(events.map(({ event }) => event)).toContain("shard-started");
    expect(events.at(-1)).toMatchObject({
      event: "finished",
      outcome: "caught-up",
      lagMs: 0,
      totals: { read: 20, written: 20, skipped: 0, stream: { retries: 0 }, target: { requests: 1 } },
    });
  },
  MINUTE,
);

test(
  "a checkpoint that can no longer be saved ends the run",
  async () => {
    const gone = await mkdtemp(join(tmpdir(), "ddbr-follow-"));
    const running = startFollower({
      ...{
        primary: tables.primary.location,
        target: tables.replica.location,
        checkpoint: checkpointIn(gone),
      },
    });
    await running.told("shard-started");
    await rm(gone, { recursive: true });
    await tables.fill(0, 5);
    expect(await running.exited).toBe(2);
    expect(running.events().at(-1)).toMatchObject({
      outcome: "incomplete",
      failure: expect.stringMatching(/run\.follow\.json: cannot be used as checkpoint: .*--checkpoint/),
    });
  },
  MINUTE,
);
