import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { EVENT_NAME, EVENT_TIME, SEQUENCE } from "../../src/core/store/metadata-names.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { parseStoreLocation } from "../../src/core/store/store-location.ts";
import { runDdbr } from "../helpers/cli.ts";
import { s3Credentials, s3Endpoint } from "../helpers/s3.ts";
import { newPlace, STORE_KINDS, type StoreKind, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

const MINUTE = 60_000;
const VERSIONS = 1_000;
const DELETIONS = 40;
const KEY = { id: { S: "order-1" } };
const NAME = createHash("sha256").update(JSON.stringify(KEY)).digest("hex");

/** What was written, oldest first; undefined: deleted. */
type Written = Record<string, Record<string, unknown>> | undefined;

/** Changes one or two attributes at a time, and deletes now and then; several to a second. */
function writings(): Written[] {
  const written: Written[] = [];
  let puts = 0;
  for (let n = 0; puts < VERSIONS || written.length < VERSIONS + DELETIONS; n++) {
    if (n % 26 === 25 && n / 26 <= DELETIONS) {
      written.push(undefined);
      continue;
    }
    written.push({
      ...KEY,
      n: { N: `${Math.floor(n / 3)}` },
      status: { S: ["paid", "sent", "back"][n % 3]! },
      ...(n % 7 === 0 ? { note: { S: `\u001b[31mred ${n}\nline` } } : {}),
    });
    puts++;
  }
  return written;
}

async function openStore(kind: StoreKind, url: string): Promise<ObjectStore> {
  const location = parseStoreLocation(url);
  if (location.kind === "directory") {
    const { openDirectoryStore } = await import("../../src/core/store/directory/directory-store.ts");
    return openDirectoryStore(location);
  }
  process.env.AWS_ACCESS_KEY_ID = s3Credentials().accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = s3Credentials().secretAccessKey;
  const { openS3Store } = await import("../../src/core/store/s3/s3-store.ts");
  expect(kind).toBe("s3");
  return openS3Store(location, { endpoint: s3Endpoint() });
}

const changed = (before: NonNullable<Written>, after: NonNullable<Written>) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .sort();

describe.each(STORE_KINDS)("the history of a record on %s", (kind) => {
  const written = writings();
  let place: TestPlace;
  let table: TestTable;
  const history = (...words: string[]) =>
    runDdbr(["record-history", table.location, place.url, ...words, ...place.options()], { env: place.env });

  beforeAll(async () => {
    [place, table] = await Promise.all([newPlace(kind), createTable()]);
    const saved = { ...process.env };
    const store = await openStore(kind, `${place.url}/${table.name}`);
    for (const [n, image] of written.entries()) {
      const metadata = {
        [EVENT_TIME]: new Date(1_795_000_000_000 + n * 300).toISOString(),
        [EVENT_NAME]: image ? "MODIFY" : "REMOVE",
        [SEQUENCE]: `${100_000_000_000_000_000_000n + BigInt(n)}`,
      };
      if (image) await store.put(NAME, JSON.stringify(image), { metadata });
      else await store.delete(NAME, { metadata });
    }
    store.close();
    Object.assign(process.env, saved);
  }, 3 * MINUTE);
  afterAll(async () => {
    await Promise.all([place.drop(), table.drop()]);
  }, MINUTE);

  test(
    "has every version and deletion in the order of events, each with what it was and what changed",
    async () => {
      const { code, stdout, stderr } = await history('{"id":"order-1"}', "--json");
      expect(code, stderr).toBe(0);
      const told = stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(told).toHaveLength(written.length);
      for (const [index, version] of told.entries()) {
        const n = written.length - 1 - index;
        const [image, before] = [written[n], written[n - 1]];
        expect(version.item, `version ${n}`).toEqual(image);
        expect(version.deleted).toBe(image === undefined);
        expect(version.sequenceNumber).toBe(`${100_000_000_000_000_000_000n + BigInt(n)}`);
        expect(version.eventTime).toBe(new Date(1_795_000_000_000 + n * 300).toISOString());
        const change =
          image === undefined
            ? "deleted"
            : n === 0
              ? "created"
              : before === undefined
                ? "restored"
                : "changed";
        expect(version.change, `version ${n}`).toBe(change);
        if (image && before) expect(version.changed, `version ${n}`).toEqual(changed(before, image));
      }
    },
    MINUTE,
  );

  test(
    "is printed as times and items, nothing of which reaches a terminal raw",
    async () => {
      const { code, stdout } = await history('{"id":"order-1"}');
      expect(code).toBe(0);
      const times = [...stdout.matchAll(/^Modified: (\S+)$/gm)].map(([, time]) => time);
      expect(times).toEqual(
        written.map((_, n) => new Date(1_795_000_000_000 + n * 300).toISOString()).reverse(),
      );
      expect(stdout.match(/^\(deleted\)$/gm)).toHaveLength(DELETIONS);
      expect(stdout).not.toContain("\u001b");
      expect(stdout).toContain("red");
    },
    MINUTE,
  );

  test(
    "has another name too, takes wire form, and says when there never was such a record",
    async () => {
      const words = ["incremental-record-history", table.location, place.url];
      const other = await runDdbr([...words, JSON.stringify(KEY), "--json", ...place.options()], {
        env: place.env,
      });
      expect(other.stdout.trimEnd().split("\n")).toHaveLength(written.length);
      const never = await history('{"id":"nobody"}');
      expect({ code: never.code, stdout: never.stdout }).toEqual({ code: 1, stdout: "" });
      expect(never.stderr).toMatch(/^ddbr: \{"id":"nobody"\} was never in [^\n]+\n$/);
    },
    MINUTE,
  );

  test(
    "can be read when the table is gone: types come from the key, and from --key-type",
    async () => {
      const gone = `${table.location}x`;
      const store = await openStore(kind, `${place.url}/${table.name}x`);
      const numeric = { id: { N: "5" } };
      const name = createHash("sha256").update(JSON.stringify(numeric)).digest("hex");
      await store.put(name, JSON.stringify({ ...numeric, a: { S: "b" } }));
      store.close();
      const read = (...key: string[]) =>
        runDdbr(["record-history", gone, place.url, ...key, "--json", ...place.options()], {
          env: place.env,
        });
      for (const key of [['{"id":5}'], ['{"id":{"N":"5"}}'], ['{"id":"5"}', "--key-type", "id=N"]]) {
        const { code, stdout, stderr } = await read(...key);
        expect(code, stderr).toBe(0);
        expect(JSON.parse(stdout).item).toEqual({ ...numeric, a: { S: "b" } });
      }
      expect((await read('{"id":"5"}')).code).toBe(1);
    },
    MINUTE,
  );

  test(
    "names what is wrong with a key or an option in one line",
    async () => {
      for (const [words, said] of [
        [["{"], /not JSON/],
        [['{"id":5}'], /is not a string/],
        [['{"id":"a","b":"c"}'], /not a key attribute/],
        [['{"id":"a"}', "--key-type", "id"], /--key-type is "id"/],
        [['{"id":"a"}', "--key-type", "id=N"], /in the table it is S/],
      ] as [string[], RegExp][]) {
        const { code, stdout, stderr } = await history(...words);
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
        expect(stderr).toMatch(said);
        expect(stderr).toMatch(/^ddbr: [^\n]+\n$/);
      }
    },
    MINUTE,
  );
});

test(
  "a record kept under an older name is found, and said",
  async () => {
    const [place, table] = await Promise.all([newPlace("directory"), createTable()]);
    try {
      const md5 = createHash("md5").update(JSON.stringify(KEY)).digest("hex");
      await place.put(`${table.name}/${md5}`, JSON.stringify({ ...KEY, old: { BOOL: true } }));
      const { code, stdout, stderr } = await runDdbr(
        ["record-history", table.location, place.url, '{"id":"order-1"}', "--json"],
        { env: place.env },
      );
      expect(code).toBe(0);
      expect(JSON.parse(stdout).item.old).toEqual({ BOOL: true });
      expect(stderr).toContain(md5);
    } finally {
      await Promise.all([place.drop(), table.drop()]);
    }
  },
  MINUTE,
);

test(
  "a bucket that keeps no versions says so, and shows the one there is",
  async () => {
    const [place, table] = await Promise.all([newPlace("s3", { versioned: false }), createTable()]);
    try {
      await place.put(`${table.name}/${NAME}`, JSON.stringify({ ...KEY, only: { BOOL: true } }));
      const { code, stdout, stderr } = await runDdbr(
        ["record-history", table.location, place.url, '{"id":"order-1"}', "--json", ...place.options()],
        { env: place.env },
      );
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout).item.only).toEqual({ BOOL: true });
      expect(stderr.match(/no versions are kept/g)).toHaveLength(1);
    } finally {
      await Promise.all([place.drop(), table.drop()]);
    }
  },
  MINUTE,
);
