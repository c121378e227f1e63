import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DDBR } from "../helpers/cli.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { objectName, openTestStore, storeEvents } from "./fixtures/stored-history.ts";

const MINUTE = 60_000;
const KEY = { id: { S: "long" } };
const VERSIONS = 300;
const QUIETLY_ENDED = [130, 141];

let place: TestPlace;
let table: TestTable;
/** What the program takes for the temporary folder: whatever it leaves there shows. */
let temporary: string;

beforeAll(async () => {
  [place, table] = await Promise.all([newPlace("directory"), createTable()]);
  temporary = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  const store = await openTestStore(`${place.url}/${table.name}`);
  // More than any pipe holds.
  const text = { S: "0123456789".repeat(2_000) };
  const events = Array.from({ length: VERSIONS }, (_, n) => ({ image: { ...KEY, n: { N: `${n}` }, text } }));
  await storeEvents(store, objectName(KEY), events);
  store.close();
}, MINUTE);
afterAll(async () => {
  rmSync(temporary, { recursive: true });
  await Promise.all([place.drop(), table.drop()]);
});

const command = (mode: string) => [DDBR, "record-history", table.location, place.url, '{"id":"long"}', mode];
const environment = () => ({ env: programEnvironment({ TMPDIR: temporary }), stdin: "ignore" as const });

test.each(["--json", "--plain"])(
  "%s: a reader that has seen enough ends it quietly",
  async (mode) => {
    const status = join(temporary, "status");
    const pipe = `{ "$@"; echo $? > '${status}'; } | head -n 1`;
    const child = Bun.spawn(["sh", "-c", pipe, "sh", ...command(mode)], {
      ...environment(),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    await child.exited;
    expect(stderr).toBe("");
    if (mode === "--json") expect(JSON.parse(stdout).item.n).toEqual({ N: `${VERSIONS - 1}` });
    expect(QUIETLY_ENDED).toContain(Number(readFileSync(status, "utf8")));
    rmSync(status);
    expect(readdirSync(temporary)).toEqual([]);
  },
  MINUTE,
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s in the middle: exit 130, one line, and nothing is left behind",
  async (signal) => {
    const child = Bun.spawn(command("--json"), { ...environment(), stdout: "pipe", stderr: "pipe" });
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill(signal);
    // Until it has ended nothing more is read: it waits for a reader meanwhile.
    expect(await child.exited).toBe(130);
    expect(await child.stderr.text()).toBe("ddbr: stopped\n");
    expect(readdirSync(temporary)).toEqual([]);
  },
  MINUTE,
);
