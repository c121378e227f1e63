import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import type { Change } from "../../src/core/restore/change.ts";
import { openChangesFile } from "../../src/core/restore/changes-file.ts";
import type { ChangesProgress } from "../../src/core/restore/changes-notes.ts";
import { createChangesFile } from "../../src/core/restore/changes-writer.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { wireItem } from "../item/wire-items.ts";
import { header, NO_PLAN, newFolder } from "./helpers/changes.ts";

let folder: ReturnType<typeof newFolder>;
beforeAll(() => {
  folder = newFolder();
});
afterAll(() => folder.drop());

let files = 0;
const newPath = () => folder.path(`changes-${++files}.ndjson`);
const { signal } = new AbortController();

const item = (id: string, v: string): WireItem => ({ id: { S: id }, v: { N: v } });
const created = (id: string): Change => ({ key: { id: { S: id } }, before: undefined, after: item(id, "1") });
const CHANGES: Change[] = [
  created("a"),
  { key: { id: { S: "b" } }, before: item("b", "1"), after: item("b", "2") },
  { key: { id: { S: "ü" } }, before: item("ü", "1"), after: undefined },
];
const PROGRESS: ChangesProgress = {
  offset: 0,
  done: { create: 1, replace: 2, delete: 3 },
  raced: 4,
  undone: 5,
};

function written(changes: Iterable<Change> = CHANGES, complete = true): string {
  const path = newPath();
  const writer = createChangesFile(path, header("orders"));
  for (const change of changes) writer.add(change);
  if (complete) writer.complete(NO_PLAN);
  writer.close();
  return path;
}

function file(text: string | Uint8Array): string {
  const path = newPath();
  writeFileSync(path, text);
  return path;
}

const linesIn = (path: string): Record<string, unknown>[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

async function changesIn(path: string, from = 0): Promise<Change[]> {
  const opened = openChangesFile(path);
  try {
    const changes: Change[] = [];
    for await (const page of opened.pages(from, signal)) changes.push(...page.changes);
    return changes;
  } finally {
    opened.close();
  }
}

describe("a plan that is written down", () => {
  test("is a header, a line for each change, and that it is complete; for its owner alone", () => {
    const path = written();
    const [first, ...lines] = linesIn(path);
    expect(first).toEqual({ format: "ddbr-changes", version: 1, ...header("orders") });
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(lines).toEqual([
      { table: "orders", at, key: { id: { S: "a" } }, before: null, after: item("a", "1") },
      { table: "orders", at, key: { id: { S: "b" } }, before: item("b", "1"), after: item("b", "2") },
      { table: "orders", at, key: { id: { S: "ü" } }, before: item("ü", "1"), after: null },
      { planned: NO_PLAN },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is never written over a file", () => {
    const path = file("precious");
    expect(() => createChangesFile(path, header("orders"))).toThrow("the file exists");
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  test("leaves nothing behind where nothing is to be done", () => {
    const path = newPath();
    const writer = createChangesFile(path, header("orders"));
    writer.add(CHANGES[0]!);
    writer.discard();
    writer.close();
    expect(existsSync(path)).toBe(false);
  });

  test("is read back as it was, from the beginning and from every place where a change ends", async () => {
    const path = written();
    const opened = openChangesFile(path);
    expect(opened.header).toMatchObject({ ...header("orders") });
    expect(opened.plan).toEqual(NO_PLAN);
    const pages = await Array.fromAsync(opened.pages(0, signal));
    opened.close();
    expect(pages.flatMap(({ changes }) => changes)).toEqual(CHANGES);
    const ends = pages.flatMap((page) => page.ends);
    expect(pages.at(-1)!.end).toBe(ends.at(-1)!);
    for (const [index, end] of ends.entries()) {
      expect(await changesIn(path, end)).toEqual(CHANGES.slice(index + 1));
    }
  });

  test("keeps any item there may be", async () => {
    const change = fc
      .tuple(fc.string(), fc.option(wireItem, { nil: undefined }), wireItem, fc.boolean())
      .map(([id, one, two, swap]): Change => {
        const key = { id: { S: id } };
        const images = [one, two].map((image) => image && Object.assign(Object.create(null), image, key));
        const [before, after] = swap ? images.toReversed() : images;
        return { key, before, after };
      });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 5 }), async (changes) => {
        const path = written(changes);
        const told = linesIn(path).slice(1, -1) as unknown as Record<"key" | "before" | "after", unknown>[];
        const texts = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one));
        const plain = changes.map(({ key, before, after }) => [key, before ?? null, after ?? null]);
        expect(texts(told.map(({ key, before, after }) => [key, before, after]))).toEqual(texts(plain));
        expect(texts(await changesIn(path))).toEqual(texts(changes));
      }),
      { numRuns: 50 },
    );
  });

  test("holds items of 400 KB, and more of them than a page", async () => {
    const long = (id: string, letter: string): WireItem => ({
      ...item(id, "1"),
      s: { S: letter.repeat(400_000) },
    });
    const changes = Array.from({ length: 5 }, (_, at): Change => {
      const id = `r-${at}`;
      return { key: { id: { S: id } }, before: long(id, "\u0001"), after: long(id, "é") };
    });
    const path = written(changes);
    expect(Bun.deepEquals(await changesIn(path), changes)).toBe(true);
    const opened = openChangesFile(path);
    const pages = await Array.fromAsync(opened.pages(0, signal));
    opened.close();
    expect(pages.map((page) => page.changes.length)).toEqual([1, 1, 1, 1, 1]);
  });

  test("of a thousand changes is read a page at a time", async () => {
    const path = written(Array.from({ length: 3_000 }, (_, at) => created(`r-${at}`)));
    const opened = openChangesFile(path);
    const sizes: number[] = [];
    for await (const { changes } of opened.pages(0, signal)) sizes.push(changes.length);
    opened.close();
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(3_000);
  });
});

describe("how far a plan is carried out", () => {
  test("is what was noted last, however often", () => {
    const path = written();
    const opened = openChangesFile(path);
    const { size } = statSync(path);
    // More than is looked at in one go.
    const offset = readFileSync(path, "utf8").indexOf("\n") + 1;
    for (let raced = 0; raced < 1_000; raced++) opened.note({ ...PROGRESS, offset, raced });
    opened.close();
    expect(statSync(path).size - size).toBeGreaterThan(64 * 1024);
    const again = openChangesFile(path);
    expect(again.progress).toEqual({ ...PROGRESS, offset, raced: 999 });
    expect(again.plan).toEqual(NO_PLAN);
    expect(again.finished).toBeUndefined();
    again.finish("discrepancies");
    again.close();
    const finished = openChangesFile(path);
    expect(finished.finished?.outcome).toBe("discrepancies");
    expect(finished.progress?.raced).toBe(999);
    finished.note({ ...PROGRESS, offset });
    expect(finished.finished).toBeUndefined();
    finished.close();
    const last = openChangesFile(path);
    expect(last.finished).toBeUndefined();
    last.close();
  });

  test("is known, or nothing was done, wherever the file was cut; and it can be gone on with", async () => {
    const path = written();
    const opened = openChangesFile(path);
    const [page] = await Array.fromAsync(opened.pages(0, signal));
    for (const offset of page!.ends) opened.note({ ...PROGRESS, offset });
    opened.finish("restored");
    opened.close();
    const whole = readFileSync(path);
    const text = whole.toString("latin1");
    const planned = text.indexOf("\n", text.indexOf('{"planned"')) + 1;
    for (let length = 0; length <= whole.length; length++) {
      const cut = file(whole.subarray(0, length));
      const file_ = openChangesFile(cut);
      const lines = text.slice(0, length).split("\n").slice(0, -1);
      expect(file_.header !== undefined, `${length}`).toBe(lines.length > 0);
      expect(file_.plan !== undefined, `${length}`).toBe(length >= planned);
      const notes = lines.filter((line) => line.startsWith('{"progress"'));
      const expected = notes.length > 0 ? JSON.parse(notes.at(-1)!).progress : undefined;
      expect(file_.progress, `${length}`).toEqual(expected);
      expect(file_.finished !== undefined, `${length}`).toBe(length === whole.length);
      if (length >= planned) {
        file_.note({ ...PROGRESS, offset: page!.ends[0]! });
        expect(linesIn(cut).slice(0, -1)).toEqual(
          lines.map((line) => JSON.parse(Buffer.from(line, "latin1").toString())),
        );
        expect(await changesIn(cut)).toEqual(CHANGES);
      } else if (lines.length > 0) {
        expect(await changesIn(cut)).toEqual(CHANGES.slice(0, lines.length - 1));
      }
      file_.close();
    }
  });

  test("ends in bytes that the disk never got: they are passed over", () => {
    const path = written();
    appendFileSync(path, new Uint8Array(300));
    const opened = openChangesFile(path);
    expect(opened.plan).toEqual(NO_PLAN);
    opened.close();
  });
});

describe("an undo file of repairs", () => {
  test("has no header, and may be empty, or cut where a repair was killed", async () => {
    const text = CHANGES.map((change) => `${line(change)}\n`).join("");
    expect(await changesIn(file(text))).toEqual(CHANGES);
    expect(await changesIn(file(text.slice(0, -5)))).toEqual(CHANGES.slice(0, 2));
    expect(await changesIn(file(""))).toEqual([]);
    expect(await changesIn(file(text.slice(0, 20)))).toEqual([]);
    const opened = openChangesFile(file(text));
    expect([opened.header, opened.plan, opened.progress]).toEqual([undefined, undefined, undefined]);
    opened.close();
  });
});

const line = ({ key, before = null as never, after = null as never }: Change) =>
  JSON.stringify({ table: "orders", at: "2026-11-23T14:00:00.000Z", key, before, after });
const HEADER = JSON.stringify({ format: "ddbr-changes", version: 1, ...header("orders") });
const CHANGE = line(CHANGES[1]!);
const PLANNED = JSON.stringify({ planned: NO_PLAN });
const altered = (change: object) => JSON.stringify({ ...JSON.parse(CHANGE), ...change });
const other = (members: object) => JSON.stringify({ ...JSON.parse(HEADER), ...members });

describe("a file that is no such file is refused with the line that is wrong", () => {
  test.each<[string, string | Uint8Array, RegExp, RegExp?]>([
    ["a text", "hello\nworld\n", /begins neither/],
    ["one line of text", "hello", /begins neither/],
    ["bytes", Buffer.from([0x1f, 0x8b, 8, 0, 10, 1, 2]), /begins neither/],
    ["JSON of another kind", '{"id":{"S":"a"}}\n', /begins neither/],
    ["a list", "[]\n[]\n", /begins neither/],
    ["a manifest", '{"format":"ddbr-backup","version":1}\n', /another format \("ddbr-backup"\)/],
    ["a later version", `${other({ version: 2 })}\n${CHANGE}\n`, /version 2/],
    ["a header without a table", `${other({ table: undefined })}\n`, /not whole/],
    ["a header that doesn't say whether the table was made", `${other({ created: "no" })}\n`, /not whole/],
    ["a plan of nothing", `${HEADER}\n${CHANGE}\n{"planned":null}\n`, /no whole note/, /line 3/],
    ["a broken note", `${HEADER}\n${CHANGE}\n${PLANNED}\n{"progress":{"off\n`, /no whole note/, /line 4/],
    [
      "progress behind the end",
      `${HEADER}\n${CHANGE}\n${PLANNED}\n${JSON.stringify({ progress: { ...PROGRESS, offset: 99_999 } })}\n`,
      /where no change is/,
      /line 4/,
    ],
    ["a broken last line", `${HEADER}\n${CHANGE}\n{"table":\n`, /no change/, /line 3/],
    ["a broken line between", `${HEADER}\n${CHANGE}\nhello\n${CHANGE}\n${PLANNED}\n`, /no change/, /line 3/],
    [
      "a change of nothing",
      `${CHANGE}\n${altered({ before: null, after: null })}\n${CHANGE}\n`,
      /no change/,
      /line 2/,
    ],
    ["no image", `${CHANGE}\n${altered({ before: undefined })}\n${CHANGE}\n`, /no change/, /line 2/],
    [
      "an image of another record",
      `${CHANGE}\n${altered({ after: item("c", "1") })}\n${CHANGE}\n`,
      /no change/,
      /line 2/,
    ],
    [
      "an image that is no item",
      `${CHANGE}\n${altered({ after: { id: { S: "b" }, v: 1 } })}\n${CHANGE}\n`,
      /no change/,
    ],
    ["no key", `${CHANGE}\n${altered({ key: {} })}\n${CHANGE}\n`, /no change/],
    [
      "bytes that are no text",
      Buffer.concat([
        Buffer.from(`${CHANGE}\n`),
        Buffer.from(CHANGE.replace('"2"', '"\u00ff"'), "latin1"),
        Buffer.from("\n"),
      ]),
      /no change/,
      /line 2/,
    ],
  ])("%s", async (_, text, message, subject = /changes-\d+\.ndjson/) => {
    const path = file(text);
    const error = await changesIn(path).catch((thrown) => thrown);
    expect(error.code).toBe("damaged");
    expect(error.message).toMatch(message);
    expect(error.subject).toMatch(subject);
  });

  test("one that is not there, or is a folder", async () => {
    for (const path of [folder.path("nowhere"), folder.path("")]) {
      const error = await changesIn(path).catch((thrown) => thrown);
      expect(error.code).toBe("file");
      expect(error.subject).toBe(path);
    }
  });
});

describe("a disk that is full", () => {
  /** Runs some lines in a process whose files cannot grow beyond so many KB; returns what it tells. */
  async function withRoom(kilobytes: number, code: string): Promise<string> {
    const source = join(import.meta.dir, "..", "..", "src", "core");
    const script = `
      import { openChangesFile } from ${JSON.stringify(join(source, "restore/changes-file.ts"))};
      import { createChangesFile } from ${JSON.stringify(join(source, "restore/changes-writer.ts"))};
      import { describeError } from ${JSON.stringify(join(source, "errors.ts"))};
      try { ${code} } catch (error) { console.log(describeError(error)); }`;
    const path = folder.path("script.ts");
    writeFileSync(path, script);
    const child = Bun.spawn(
      ["bash", "-c", `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$0" "$1"`, process.execPath, path],
      {
        env: programEnvironment(),
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    expect(err).toBe("");
    return out;
  }

  test("stops a plan, and nothing counts as planned", async () => {
    const path = newPath();
    const told = await withRoom(
      64,
      `const writer = createChangesFile(${JSON.stringify(path)}, ${JSON.stringify(header("orders"))});
       const key = { id: { S: "a" } };
       for (let n = 0; n < 1000; n++) writer.add({ key, before: undefined, after: { ...key, s: { S: "x".repeat(1000) } } });
       writer.complete(${JSON.stringify(NO_PLAN)});
       console.log("complete");`,
    );
    expect(told).toMatch(
      /^\S*changes-\d+\.ndjson: cannot be written: .*(EFBIG|large).* - nothing is written to the table without it/,
    );
    expect(told.trim()).not.toContain("\n");
    const opened = openChangesFile(path);
    expect(opened.plan).toBeUndefined();
    opened.close();
  });

  test("stops a note, and what was noted before counts", async () => {
    const path = written();
    const opened = openChangesFile(path);
    const offset = readFileSync(path, "utf8").indexOf("\n") + 1;
    opened.note({ ...PROGRESS, offset });
    opened.close();
    const told = await withRoom(
      8,
      `const file = openChangesFile(${JSON.stringify(path)});
       for (let raced = 0; raced < 1000; raced++) file.note({ ...file.progress, raced });`,
    );
    expect(told).toMatch(
      /changes-\d+\.ndjson: how far it is cannot be noted: .* - make room, and go on with --resume/,
    );
    const lines = linesIn(path);
    // Nothing of the note that had no room is left: another may follow.
    expect(readFileSync(path, "utf8").at(-1)).toBe("\n");
    const again = openChangesFile(path);
    expect(again.progress!.raced).toBe(lines.length - 1 - CHANGES.length - 1 - 2);
    again.close();
  });

  test("a folder that cannot be written to is told when a plan is begun", async () => {
    const begin = async () => createChangesFile(folder.path("nowhere/changes"), header("orders"));
    const error = await begin().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "file", hint: expect.stringContaining("a folder that is there") });
  });
});
