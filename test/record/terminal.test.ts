import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DDBR } from "../helpers/cli.ts";
import { startTerminal, type TerminalOptions, type TerminalSession } from "../helpers/pty.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { byId, keyText, record } from "./record-runs.ts";

let primary: TestTable;
let replica: TestTable;
let session: TerminalSession | undefined;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-record-"));
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  const long = "abc ".repeat(50_000);
  await primary.load([
    record("a", {
      status: { S: "paid" },
      m: { M: { y: { L: [{ N: "1" }] } } },
      note: { S: "x" },
      same: { N: "5" },
    }),
    record("long", {
      text: { S: `${long}X${long}` },
      odd: { S: "\u001b[31m\u05d0\u05d1\u202e 漢字 👩‍👩‍👧" },
    }),
  ]);
  await replica.load([
    record("a", {
      status: { S: "open" },
      m: { M: { y: { L: [{ N: "2" }] } } },
      old: { S: "y" },
      same: { N: "5" },
    }),
    record("long", {
      text: { S: `${long}Y${long}` },
      odd: { S: "\u001b[32m\u05d0\u05d1\u202e 漢字 👩‍👩‍👧" },
    }),
    record("surplus"),
  ]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([primary.drop(), replica.drop()]);
});
afterEach(async () => {
  await session?.close();
  session = undefined;
});

function start(command: string, args: string[], options: TerminalOptions = {}): TerminalSession {
  session = startTerminal([DDBR, command, primary.location, replica.location, ...args], {
    cols: 200,
    rows: 50,
    ...options,
    env: { LANG: "C.UTF-8", ...options.env },
  });
  return session;
}

async function show(args: string[], options: TerminalOptions = {}) {
  const terminal = start("diff-record", args, options);
  const code = await terminal.exitCode;
  const lines = terminal.history().map((line) => line.trimEnd());
  return { code, raw: terminal.raw(), lines: lines.slice(0, lines.findLastIndex((line) => line !== "") + 1) };
}

describe("on a terminal", () => {
  test("both sides in columns, marked in colour and by signs; no screen is taken", async () => {
    const { code, lines, raw } = await show([keyText("a")]);
    expect(code).toBe(1);
    const texts = lines.slice(3).map((line) => line.replace(/ {2,}/g, " | "));
    expect(texts).toEqual([
      " | primary | replica",
      '= id | "a"',
      "~ m.y[0] | 1 | 2",
      '+ note | "x" | (absent)',
      '- old | (absent) | "y"',
      "= same | 5",
      '~ status | "paid" | "open"',
      "different",
    ]);
    const [heading, status] = [lines[3]!, lines.find((line) => line.startsWith("~ status"))!];
    expect(heading.indexOf("primary")).toBe(status.indexOf('"paid"'));
    expect(heading.indexOf("replica")).toBe(status.indexOf('"open"'));
    expect(raw).toContain("\u001b[35m");
    expect(raw).not.toContain("\u001b[?1049h");
    // What has changed of a value stands out from what has not.
    expect(raw).toMatch(/"\u001b\[35m\u001b\[1mpaid/);
  });

  test("NO_COLOR: no colour; TERM=dumb and --plain: no escape sequence at all", async () => {
    const without = await show([keyText("a")], { env: { NO_COLOR: "1" } });
    expect(without.raw).not.toMatch(/\u001b\[3\d/);
    expect(without.lines).toContain("different");
    for (const [args, env] of [
      [["--plain"], {}],
      [[], { TERM: "dumb" }],
    ] as const) {
      const { raw, lines } = await show([keyText("a"), ...args], { env });
      expect(raw).not.toContain("\u001b");
      expect(lines).toContain('~ status  "paid" → "open"');
    }
  });

  test("narrow: one side under the other, nothing wider than the window", async () => {
    const { lines } = await show([keyText("a")], { cols: 40 });
    const at = lines.indexOf("~ status");
    expect(lines.slice(at + 1, at + 3)).toEqual(['  primary  "paid"', '  replica  "open"']);
  });

  test.each([80, 50, 20])("long and odd values fold, around what changed, at %d columns", async (cols) => {
    const { lines, raw, code } = await show([keyText("long")], { cols });
    expect(code).toBe(1);
    expect(raw.length).toBeLessThan(20_000);
    expect(raw).not.toMatch(/\u001b\[3[12]m[\u05d0漢]|\u202e/);
    const text = lines.join("").replace(/\s/g, "");
    expect(text).toContain("X");
    expect(text).toContain("Y");
    expect(text).toMatch(/199\d{3}more/);
    expect(lines.at(-1)).toBe("different");
  });

  test("without a key it asks for one instead of waiting", async () => {
    const { code, lines } = await show([]);
    expect(code).toBe(2);
    expect(lines.join("")).toContain("no key is given");
  });
});

describe("replicate-record on a terminal", () => {
  const keysFile = () => {
    const file = join(folder, "keys");
    writeFileSync(file, `${keyText("a")}\n${keyText("surplus")}\n`);
    return file;
  };

  test("asks once for the records of a file; no is no, and Ctrl-C as well", async () => {
    const before = byId(await replica.items());
    for (const [keys, code] of [
      ["n\r", 130],
      ["\r", 130],
      ["\x03", 130],
    ] as const) {
      const terminal = start("replicate-record", ["--keys", keysFile()]);
      await terminal.waitFor(/Write to .*\[y\/N\]/);
      const screen = terminal.screen().join("\n");
      expect(screen).toContain("2 records: those that are missing or different are put;");
      expect(screen).toContain("DELETED from the replica");
      expect(screen).toContain(`replica  ${replica.location}; this one is written to`);
      terminal.write(keys);
      expect(await terminal.exitCode).toBe(code);
    }
    expect(byId(await replica.items())).toEqual(before);
  });

  test("yes; one named record is not asked about, nor is with --yes or --dry-run", async () => {
    const dry = start("replicate-record", ["--keys", keysFile(), "--dry-run"]);
    expect(await dry.exitCode).toBe(1);
    expect(dry.history().join("\n")).not.toContain("[y/N]");
    const terminal = start("replicate-record", ["--keys", keysFile()]);
    await terminal.waitFor(/\[y\/N\]/);
    terminal.write("y\r");
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.history().join("\n")).toContain("2 records: 1 put and verified, 1 deleted and verified");
    expect(Object.keys(byId(await replica.items()))).toEqual(["a", "long"]);
    const one = start("replicate-record", [keyText("long")]);
    expect(await one.exitCode).toBe(0);
    expect(one.history().join("\n")).toContain("put and verified");
    const yes = start("replicate-record", ["--keys", keysFile(), "--yes"]);
    expect(await yes.exitCode).toBe(0);
    expect(byId(await replica.items())).toEqual(byId(await primary.items()));
  });
});
