import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { driftedTables, emptyTables } from "../bad-input/drifted-tables.ts";
import { CLOSED, expectRefused } from "../bad-input/refusal.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";

const tables = driftedTables();
const others = emptyTables({
  composite: { hash: { name: "id", type: "S" }, range: { name: "at", type: "N" } },
  binary: { hash: { name: "id", type: "B" } },
});
let folder: string;
let bucket: TestPlace;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-refused-"));
  bucket = await newPlace("s3");
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await bucket.drop();
});

const KEY = '{"id":"different"}';
const PAIRS = ["diff-record", "replicate-record"];
const FOLDERS = ["incremental-diff-record", "incremental-backup-record"];
const onPair = (command: string, ...args: string[]) => [
  command,
  tables.primary.location,
  tables.replica.location,
  ...args,
];

describe("keys that are none", () => {
  test.each<[string, RegExp]>([
    ["abc", /key abc: is not JSON.*e\.g\. \{"id":"abc"\}/],
    ["", /is not JSON/],
    ["null", /is not a JSON object/],
    ["[]", /is not a JSON object/],
    ["{}", /"id" is missing/],
    ['{"id":5}', /"id" is not a string/],
    ['{"id":""}', /"id" is empty/],
    ['{"id":{"N":"5"}}', /"id" has type "N", not S/],
    ['{"id":"a","at":1}', /"at" is not a key attribute/],
    ['{"id":"a","id":"b"}', /"id" is given twice/],
    ['{"id":"\\ud800"}', /half of a surrogate pair/],
    ['{"\u001b[31mid":"a"}', /\\u001b\[31mid/],
  ])("%s", async (key, says) => {
    for (const command of PAIRS) {
      await expectRefused(onPair(command, key), [says]);
      // One bad key among good ones: nothing is done with those either.
      await expectRefused(onPair(command, KEY, key), [says]);
    }
  });

  test.each<["composite" | "binary", string, RegExp]>([
    ["composite", '{"id":"a"}', /"at" is missing.*"id" \(S\) \+ "at" \(N\)/],
    ["composite", '{"id":"a","at":"soon"}', /"at" is not a number/],
    ["composite", '{"id":"a","at":1e200}', /"at" is /],
    ["binary", '{"id":"no base64"}', /"id" is not base64/],
  ])("of a table with another key: %s %s", async (name, key, says) => {
    const { location } = others[name];
    const { env, url } = bucket;
    for (const command of FOLDERS) {
      await expectRefused([command, location, url, key, ...bucket.options()], [says], { env });
    }
  });
});

describe("which records", () => {
  test("none at all", async () => {
    for (const command of PAIRS) {
      await expectRefused(onPair(command), [/no key is given/, /--keys/]);
      await expectRefused([command, tables.primary.location], [/needs more arguments/]);
    }
  });

  test("a file that is not there, or none; and keys twice", async () => {
    for (const command of PAIRS) {
      await expectRefused(onPair(command, "--keys", "nowhere.ndjson"), [
        /^nowhere\.ndjson: cannot be read: .*ENOENT/,
      ]);
      await expectRefused(onPair(command, "--keys", "folder"), [/^folder: cannot be read: .*EISDIR/]);
      await expectRefused(onPair(command, "--keys", "s3://bucket/keys"), [/--keys is a URL/]);
      await expectRefused(onPair(command, "--keys="), [/--keys is no file's name/]);
      await expectRefused(onPair(command, "--keys", "there", KEY), [/--keys contradicts a key as argument/]);
    }
  });

  test("a bad line is told by file and number, and nothing is done with those before it", async () => {
    const file = join(folder, "keys");
    const good = `${KEY}\n\n{"kind":"missing","key":{"id":{"S":"missing"}},"attributes":{}}\n`;
    for (const [line, says] of [
      ["what?", /, line 4: is not JSON/],
      ['{"kind":"missing","key":{"Id":{"S":"a"}},"attributes":{}}', /, line 4: "Id" is not a key attribute/],
      [Buffer.from([0x7b, 0xff, 0x7d]), /, line 4: is not UTF-8 text/],
    ] as const) {
      writeFileSync(
        file,
        Buffer.concat([Buffer.from(good), Buffer.from(line as string), Buffer.from(`\n${KEY}`)]),
      );
      for (const command of PAIRS) {
        const refused = await expectRefused(onPair(command, "--keys", file), [says]);
        expect(refused).toStartWith(file);
      }
    }
  });
});

describe("tables, places, options", () => {
  test("tables that are not there, the same twice, of different keys", async () => {
    const missing = `${dynamoDbEndpoint()}/no-such-table`;
    const { location } = tables.primary;
    for (const command of PAIRS) {
      await expectRefused([command, missing, location, KEY], [/no-such-table: no such table/]);
      await expectRefused([command, location, location, KEY], [/same table/]);
      await expectRefused([command, location, others.composite.location, KEY], [/different keys/]);
    }
    for (const command of FOLDERS) {
      await expectRefused([command, missing, "./folder", KEY], [/no-such-table: no such table/]);
    }
  });

  test("places that are none", async () => {
    const { location } = tables.primary;
    for (const command of FOLDERS) {
      await expectRefused([command, location, "backups", KEY], [/"backups": has no "\/"/]);
      await expectRefused([command, location, "./there", KEY], [/there.*(director|folder)/]);
      await expectRefused(
        [command, location, `${bucket.url}-not`, KEY, ...bucket.options()],
        [/no such bucket/],
        { env: bucket.env },
      );
      await expectRefused(
        [command, location, bucket.url, KEY, ...bucket.options(), "--patience", "1"],
        [/secret|credential|signature|AWS_PROFILE/i],
        { env: { ...bucket.env, AWS_SECRET_ACCESS_KEY: "wrong" } },
      );
      await expectRefused(
        [command, location, "s3://bucket", KEY, "--s3-endpoint", CLOSED],
        [/cannot reach/],
        {
          env: bucket.env,
        },
      );
    }
    // Only looking makes no folder, and tells a wrong path.
    await expectRefused(["incremental-diff-record", location, "./folder", KEY], [/no such directory/]);
  });

  test("options that contradict each other or are out of range", async () => {
    const { location } = tables.primary;
    for (const command of PAIRS) {
      await expectRefused(onPair(command, KEY, "--json", "--plain"), [/--json contradicts --plain/]);
      await expectRefused(onPair(command, KEY, "--ignore="), [/--ignore is empty/]);
      await expectRefused(onPair(command, KEY, "--ignore", "id"), [/the key cannot be ignored/]);
      await expectRefused(onPair(command, KEY, "--patience", "1m"), [/^--patience is "1m"/]);
      await expectRefused(onPair(command, KEY, "--max-rcu", "0"), [/^--max-rcu is "0"/]);
      await expectRefused(onPair(command, KEY, "--primary-profile="), [/--primary-profile is empty/]);
    }
    for (const command of FOLDERS) {
      await expectRefused(
        [command, location, "./folder", KEY, "--ignore", "id"],
        [/the key cannot be ignored/],
      );
    }
    const [reading, writing] = ["incremental-diff-record", "incremental-backup-record"];
    await expectRefused([writing, location, "./folder", KEY, "--sse", "x"], [/--sse is "x"/]);
    await expectRefused([reading, location, "./folder", KEY, "--sse", "x"], [/unknown option --sse/]);
    await expectRefused(onPair("replicate-record", KEY, "--undo-file", "there"), [/there: the file exists/]);
    await expectRefused(onPair("diff-record", KEY, "--dry-run"), [/unknown option --dry-run/]);
  });
});
