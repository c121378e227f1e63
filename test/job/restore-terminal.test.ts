import { expect, test } from "bun:test";
import { DDBR } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { startTerminal } from "../helpers/pty.ts";
import { byId } from "../restore/helpers/changes.ts";
import { withDump } from "./restore-fixture.ts";
import { workerWords } from "./shared-restore.ts";

/** Others may keep the server busy. */
const SLOW_MS = 30_000;
const QUESTION = /Restore into .* without seeing a plan\? \[y\/N\]/;
const SIZE = { kind: "directory" as const, records: 300, files: 3, seed: 75 };

/** As on a terminal: nobody has said yes before. */
const askedWords = (restore: Parameters<typeof workerWords>[0]) =>
  [DDBR, ...workerWords(restore)].filter((word) => word !== "--yes");

test(
  "on a terminal one is asked by the source's figures; no begins nothing",
  () =>
    withDump(SIZE, async (dumped) => {
      const { table, state, before } = dumped;
      const terminal = startTerminal(askedWords(dumped), { cols: 110, rows: 30 });
      await terminal.waitFor(QUESTION, SLOW_MS);
      const text = terminal.screen().join("\n");
      expect(text).toContain(table.location);
      expect(text).toContain("dump (dump), as of 2026-01-17T14:03:00Z");
      expect(text).toMatch(/not known before: at most \d+ records?/);
      terminal.write("n\r");
      expect(await terminal.exitCode).toBe(130);
      expect(byId(await table.items())).toEqual(before);
      expect(await state.keys()).toEqual([]);
    }),
  2 * SLOW_MS,
);

test(
  "yes: the dashboard shows what this worker does, and leaves its share",
  () =>
    withDump(SIZE, async (dumped) => {
      const { table, after } = dumped;
      const held = Promise.withResolvers<void>();
      const proxy = await startFaultProxy({
        target: dynamoDbEndpoint(),
        onRequest: (operation) => (operation === "PutItem" ? held.promise : undefined),
      });
      const restore = { ...dumped, table: { location: `${proxy.url}/${table.name}` } };
      const terminal = startTerminal(askedWords(restore), { cols: 110, rows: 30 });
      await terminal.waitFor(QUESTION, SLOW_MS);
      terminal.write("y\r");
      await terminal.waitFor("Sharing", SLOW_MS);
      expect(terminal.alternateScreen()).toBe(true);
      held.resolve();
      expect(await terminal.exitCode).toBe(0);
      const left = terminal.history().join("\n");
      expect(left).toContain("this worker has done 3 of 3 segments");
      expect(left).toContain("ddbr collect ");
      expect(byId(await table.items())).toEqual(after);
      await proxy.stop();
    }),
  2 * SLOW_MS,
);
