import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { DDBR } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { driftingOrders, driftLines, order } from "../helpers/orders.ts";
import { startTerminal } from "../helpers/pty.ts";
import { s3Client, s3Endpoint } from "../helpers/s3.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import {
  byName,
  events,
  idName,
  incrementalDiff,
  itemsIn,
  type WireItem,
  writeFolder,
} from "./diff-backups.ts";

const ORDERS = 120;
const tables = driftingOrders(ORDERS, 20);
const seeded = driftLines(tables.drift);
const PUTS = 12;
const DELETES = 6;

let table: TestTable;
let dynamo: FaultProxy;
/** The table, by way of a proxy that counts. */
let location: string;

beforeAll(async () => {
  table = await createTable();
  await table.load(tables.primary());
  dynamo = await startFaultProxy({ target: dynamoDbEndpoint() });
  location = `${dynamo.url}/${table.name}`;
});

afterAll(async () => {
  // Whatever was repaired: a table is only ever read.
  const asked = Object.keys(dynamo.stats.calls).sort();
  await Promise.all([dynamo.stop(), table.drop()]);
  expect(asked).toEqual(["BatchGetItem", "DescribeTable", "Scan"]);
});

for (const kind of STORE_KINDS) {
  describe(`repairing a folder (${kind})`, () => {
    let place: TestPlace;
    let folder: string;
    beforeEach(async () => {
      place = await newPlace(kind);
      folder = `backups/${table.name}`;
      await writeFolder(place, folder, tables.replica());
    });
    afterEach(() => place.drop());

    /** Every version's body of a record, the newest first; a deletion is undefined. */
    async function history(id: string): Promise<(WireItem | undefined)[]> {
      const name = idName({ id: { S: id } });
      if (place.kind === "directory") {
        const versions = join(place.url, folder, ".ddbr", "versions", name);
        return readdirSync(versions)
          .sort()
          .reverse()
          .map((file) =>
            file.endsWith(".deleted") ? undefined : JSON.parse(readFileSync(join(versions, file), "utf8")),
          );
      }
      const client = s3Client();
      const Bucket = place.url.slice("s3://".length);
      const Key = `${folder}/${name}`;
      const { Versions = [], DeleteMarkers = [] } = await client.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: Key }),
      );
      const bodies = Versions.map(async ({ VersionId }) => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId: VersionId! }));
        return JSON.parse(await Body!.transformToString()) as WireItem;
      });
      return [...DeleteMarkers.map(() => undefined), ...(await Promise.all(bodies))];
    }

    async function expectEqualsTable(): Promise<void> {
      const held = await itemsIn(place, folder);
      expect(held.length).toBe(ORDERS);
      expect(byName(held)).toEqual(byName([...tables.primary()]));
    }

    test("exactly what is wrong is put and deleted; what was replaced stays in the history", async () => {
      const s3 = await startFaultProxy({ target: s3Endpoint() });
      const run = await incrementalDiff(location, place, "backups", ["--repair"], { endpoint: s3.url });
      await s3.stop();
      expect(run.stdout).toContain(`all repaired and verified: ${PUTS} put, ${DELETES} deleted`);
      expect(run.found).toEqual(seeded);
      expect(run.code).toBe(0);
      if (kind === "s3") {
        const { PUT, DELETE } = s3.stats.calls;
        expect({ PUT, DELETE }).toEqual({ PUT: PUTS, DELETE: DELETES });
      } else {
        // What was replaced or deleted has versions; what is new, or was right, is a plain file.
        const versions = readdirSync(join(place.url, folder, ".ddbr", "versions"));
        expect(versions.length).toBe(seeded.filter((line) => !line.startsWith("missing")).length);
      }
      await expectEqualsTable();
      if (kind === "s3") expect((await history("order-21")).length).toBe(1);
      expect((await history("order-22")).map((image) => image?.note)).toEqual([
        order("order-22").note,
        order("order-22", "stale ").note,
      ]);
      const [now, before, ...more] = await history("order-120");
      expect([now, before?.id, more]).toEqual([undefined, { S: "order-120" }, []]);

      const again = await incrementalDiff(location, place, "backups");
      expect([again.code, again.found]).toEqual([0, []]);
      expect(again.stdout).toContain("no discrepancies: the backup equals the table");
    }, 60_000);

    test("--dry-run says what it would do and writes nothing", async () => {
      const before = await place.keys();
      const s3 = await startFaultProxy({ target: s3Endpoint() });
      const words = ["--repair", "--dry-run"];
      const run = await incrementalDiff(location, place, "backups", words, { endpoint: s3.url });
      await s3.stop();
      expect(run.code).toBe(1);
      expect(run.found).toEqual(seeded);
      expect(run.stdout).toContain(`would put ${PUTS} and delete ${DELETES}`);
      expect(await place.keys()).toEqual(before);
      expect(s3.stats.calls).not.toContainAnyKeys(["PUT", "DELETE", "POST"]);
      if (kind === "directory") expect(readdirSync(join(place.url, folder))).not.toContain(".ddbr");
    });

    test("an ignored attribute makes no difference, and stays as the folder has it", async () => {
      const drifted = driftLines(tables.drift).filter((line) => !line.startsWith("different"));
      const words = ["--ignore", "note"];
      expect((await incrementalDiff(location, place, "backups", words)).found).toEqual(drifted);
      expect((await incrementalDiff(location, place, "backups", [...words, "--repair"])).code).toBe(0);
      const kept = JSON.parse((await place.get(`${folder}/${idName({ id: { S: "order-2" } })}`))!.toString());
      expect(kept.note).toEqual(order("order-2", "stale ").note);
    });

    test("a record that changes while it is repaired: its newest image is what the folder ends with", async () => {
      const own = await createTable();
      await own.load([order("a"), order("b")]);
      await writeFolder(place, `changing/${own.name}`, [order("b")]);
      const newest = { ...order("a"), status: { S: "newest" } };
      const name = `changing/${own.name}/${idName(newest)}`;
      // A directory has no requests to come between: there the table is changed when it has been read to be repaired.
      let changed = false;
      const change = async () => {
        if (changed) return;
        changed = true;
        await own.put(newest);
        if (kind === "s3") await place.put(name, JSON.stringify(newest));
      };
      const s3 = await startFaultProxy({
        target: s3Endpoint(),
        onRequest: (operation) => (operation === "PUT" ? change() : undefined),
      });
      let reads = 0;
      const proxy = await startFaultProxy({
        target: dynamoDbEndpoint(),
        onResponse: (operation) =>
          operation === "BatchGetItem" && ++reads === 2 && kind !== "s3" ? change() : undefined,
      });
      const options = { endpoint: s3.url };
      const run = await incrementalDiff(
        `${proxy.url}/${own.name}`,
        place,
        "changing",
        ["--repair", "--json"],
        options,
      );
      await Promise.all([s3.stop(), proxy.stop()]);
      expect(changed).toBe(true);
      expect(run.code).toBe(0);
      expect(JSON.parse((await place.get(name))!.toString())).toMatchObject({ status: { S: "newest" } });
      const repaired = events(run.stdout).filter(({ event }) => event === "repaired");
      expect(repaired.length).toBe(1);
      await own.drop();
    }, 60_000);

    test("at the dashboard, r repairs what was found, after asking", async () => {
      const words = [
        DDBR,
        "incremental-diff",
        location,
        `${place.url}/backups`,
        "--settle",
        "0",
        ...place.options(),
      ];
      const session = startTerminal(words, { cols: 100, rows: 30, env: place.env });
      try {
        await session.waitFor(/(Discrepancies|Found) 18 +missing 6 · different 6 · extraneous 6/, 20_000);
        await session.waitForRawMode();
        await session.waitFor("finished");
        expect(session.screen().join("\n")).not.toMatch(/primary|replica/);
        session.write("r");
        await session.waitFor("y yes");
        expect(session.screen().join("\n")).toMatch(/12 to put, 6 to DELETE/);
        expect(session.screen().join("\n")).toMatch(/stay in the backup's history/);
        session.write("y");
        await session.waitFor("repaired 18", 20_000);
        await session.waitFor(/clean +\d\d:\d\d/);
        session.write("q");
        expect(await session.exitCode).toBe(0);
        expect(session.history().join("")).toContain("all repaired and verified: 12 put, 6 deleted");
      } finally {
        await session.close();
      }
      await expectEqualsTable();
    }, 60_000);

    test("--repair asks on a terminal, naming what is written to; no writes nothing", async () => {
      const words = [
        DDBR,
        "incremental-diff",
        location,
        `${place.url}/backups`,
        "--repair",
        ...place.options(),
      ];
      const session = startTerminal(words, { cols: 200, rows: 30, env: place.env });
      try {
        await session.waitFor(`Write to ${place.url}/${folder}? [y/N]`);
        expect(session.screen().join("\n")).toContain("DELETED");
        session.write("n\r");
        expect(await session.exitCode).toBe(130);
      } finally {
        await session.close();
      }
      expect((await place.keys(folder)).length).toBe(ORDERS);
      expect((await incrementalDiff(location, place, "backups")).found).toEqual(seeded);
    }, 60_000);
  });
}

test("a bucket without versions is repaired as well, and the question says what that means", async () => {
  const place = await newPlace("s3", { versioned: false });
  await writeFolder(place, `backups/${table.name}`, tables.replica());
  const words = [DDBR, "incremental-diff", location, `${place.url}/backups`, "--repair", ...place.options()];
  const session = startTerminal(words, { cols: 200, rows: 30, env: place.env });
  await session.waitFor("keeps NO versions");
  await session.close();
  const run = await incrementalDiff(location, place, "backups", ["--repair"]);
  expect(run.code).toBe(0);
  expect((await place.keys()).length).toBe(ORDERS);
  await place.drop();
}, 60_000);
