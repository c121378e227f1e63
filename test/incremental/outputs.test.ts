import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { backfill, eventsOf, MINUTES, snapshot, textOf } from "./folding.ts";
import { records } from "./records.ts";

let place: TestPlace;
let table: TestTable;
beforeAll(async () => {
  place = await newPlace("directory");
  table = await createTable();
  await table.load(records(50));
}, MINUTES);
afterAll(() => Promise.all([place.drop(), table.drop()]));

/** What each command is run with, and what its lines say. */
const COMMANDS = {
  "incremental-backfill": (options: string[]) => backfill(table, place, { options }),
  "incremental-snapshot": async (options: string[]) => {
    await backfill(table, place);
    return snapshot(place, table.name, "out.gz", { options });
  },
};
const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];

describe.each(names)("%s", (command) => {
  const run = COMMANDS[command];

  test("off a terminal prints lines that can be searched", async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const line of stdout.slice(0, -1).split("\n")) {
      expect(line).toMatch(
        /^\[\d{4}-\d\d-\d\dT[\d:.]+Z\] \[info\] \[incremental-\w+\] \[[0-9a-f]{16}\] \[(start|estimate|segment|summary)\] /,
      );
      expect(line).toContain(`[${command}]`);
    }
    expect(stdout).toContain(`[summary] 50 items written to ${place.url}/`);
    expect((await run(["--plain"])).stdout.split("\n").length).toBe(stdout.split("\n").length);
  });

  test("with --quiet prints the summary", async () => {
    const { code, stdout, stderr } = await run(["--quiet"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.slice(0, -1).split("\n");
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line).toContain("[summary] ");
  });

  test("with --json prints the events that are documented, with their members", async () => {
    const result = await run(["--json"]);
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: "" });
    const events = eventsOf(result);
    const documented = documentedMembers();
    for (const { event, time, ...members } of events) {
      expect(new Date(time as string).toISOString()).toBe(time as string);
      expect(documented.has(event), event).toBe(true);
      const known = documented.get(event)!;
      expect(Object.keys(members).filter((member) => !known.includes(`\`${member}\``))).toEqual([]);
    }
    expect(events[0]).toMatchObject({ event: "started", job: command.slice("incremental-".length) });
    expect(events.at(-1)).toMatchObject({
      event: "finished",
      outcome: "complete",
      totals: { read: 50, written: 50, kept: 0, foreign: 0, undone: 0 },
    });
    const { totals } = events.at(-1) as unknown as {
      totals: { rawBytes: number; destination: { bytes: number } };
    };
    const size = records(50).reduce((sum, item) => sum + JSON.stringify(item).length, 0);
    expect(totals.rawBytes).toBe(command === "incremental-snapshot" ? size + 50 : size);
    expect(totals.destination.bytes).toBeGreaterThan(0);
  });

  test("--json goes with neither --plain nor --quiet", async () => {
    for (const other of ["--plain", "--quiet"]) {
      const { code, stdout, stderr } = await run(["--json", other]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toBe(`ddbr: --json contradicts ${other} - give one of them\n`);
    }
  });
});

/** Event → the cell of docs/events.md that names its members. */
function documentedMembers(): Map<string, string> {
  const page = textOf(join(import.meta.dir, "../../docs/events.md"));
  const transfers = page.split(/^## /m).find((section) => section.startsWith("Transfers"))!;
  const found = new Map<string, string>();
  for (const [, events, members] of transfers.matchAll(/^\| (`[^|]*`) \| ([^|]*) \|$/gm)) {
    for (const [, event] of events!.matchAll(/`([a-z-]+)`/g)) found.set(event!, members!);
  }
  return found;
}
