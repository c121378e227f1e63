import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { createSnapshot } from "../../src/lambda/snapshot.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { seededNumbers } from "../helpers/fault-rules.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { nameOf } from "./bucket-records.ts";
import { drawnChanges, endOf, keyOf, put, type Wire } from "./events.ts";
import { backupTo, bucketAccess, contextWith, deliver, failureOf, MINUTE } from "./functions.ts";

let place: TestPlace;
beforeAll(async () => {
  place = await newPlace("s3");
}, MINUTE);
afterAll(() => place.drop(), MINUTE);

/** A function that folds a folder of the bucket into the file of the same name in `snapshots`. */
function snapshotOf(folder: string, env: Record<string, string> = {}, endpoint = s3Endpoint()) {
  return createSnapshot({
    SnapshotSource: `${place.url}/${folder}`,
    SnapshotDestination: `${place.url}/snapshots/${folder}.gz`,
    ...bucketAccess("Snapshot", endpoint),
    ...env,
  });
}

/** The lines of a snapshot, in no order. */
async function linesOf(folder: string): Promise<string[]> {
  const stored = await place.get(`snapshots/${folder}.gz`);
  return gunzipSync(stored!).toString().trimEnd().split("\n").sort();
}

async function fill(folder: string, items: Wire[]): Promise<void> {
  await Promise.all(
    items.map((item) => place.put(`${folder}/${nameOf({ id: item.id! })}`, JSON.stringify(item))),
  );
}

const images = (count: number) => Array.from({ length: count }, (_, n) => put(`r${n}`, n).image!);
const lines = (items: Iterable<Wire>) => [...items].map((item) => JSON.stringify(item)).sort();
/** What a schedule sends: it is not looked at. */
const SCHEDULED = { version: "0", "detail-type": "Scheduled Event", source: "aws.events", detail: {} };

describe("a folder", () => {
  test("that the backup function has filled is folded into one file, each time anew", async () => {
    const draw = seededNumbers(1, 0, { operation: "changes", number: 1 });
    const changes = drawnChanges(60, 20, draw);
    const bucket = place.url.slice("s3://".length);
    const env = { BackupPrefix: "", BackupTable: "filled" };
    await deliver(backupTo(bucket, { env }), changes.slice(0, 40));
    const snapshot = snapshotOf("filled");
    for (const done of [changes.slice(0, 40), changes]) {
      await deliver(backupTo(bucket, { env }), done);
      const end = endOf(done);
      expect(await snapshot(SCHEDULED, contextWith())).toEqual({
        records: end.size,
        bytes: expect.any(Number),
        snapshot: `${place.url}/snapshots/filled.gz`,
      });
      expect(await linesOf("filled")).toEqual(lines(end.values()));
    }
  });

  test("has a manifest beside its snapshot where that is wanted", async () => {
    await fill("manifest", images(5));
    await snapshotOf("manifest", { SnapshotManifest: "true" })(null, contextWith());
    const manifest = JSON.parse((await place.get("snapshots/manifest.gz.manifest.json"))!.toString());
    expect(manifest).toMatchObject({ format: "ddbr-snapshot", items: 5, foreign: 0 });
  });

  test("may hold what is no record, which is left out", async () => {
    await fill("foreign", images(5));
    await place.put("foreign/readme.txt", "hello");
    await place.put(`foreign/${nameOf(keyOf("broken"))}`, "{");
    expect(await snapshotOf("foreign")(null, contextWith())).toMatchObject({ records: 5 });
    expect(await linesOf("foreign")).toEqual(lines(images(5)));
  });

  test("that was never there fails the call, and writes nothing", async () => {
    const line = await failureOf(snapshotOf("never")(null, contextWith()));
    expect(line).toInclude(`${place.url}/never`);
    expect(await place.get("snapshots/never.gz")).toBeUndefined();
  });
});

describe("a snapshot that cannot be finished in time fails the call, and writes nothing", () => {
  test.each([
    ["reading", "GET", 3],
    ["writing", "PUT", 1],
    ["opening", "GET", 1],
  ])("because of %s", async (what, operation, nth) => {
    const folder = `late-${what}`;
    await fill(folder, images(30));
    await snapshotOf(folder)(null, contextWith());
    const before = await place.get(`snapshots/${folder}.gz`);
    await fill(folder, images(40));
    const goesOn = Promise.withResolvers<void>();
    const proxy = await startFaultProxy({
      target: s3Endpoint(),
      onRequest: (name, _body, call) => (name === operation && call >= nth ? goesOn.promise : undefined),
    });
    try {
      const context = contextWith(900);
      const call = snapshotOf(folder, {}, proxy.url)(null, context);
      expect(await failureOf(call)).toInclude("not done before the function's time-out");
      expect(await place.get(`snapshots/${folder}.gz`)).toEqual(before!);
    } finally {
      goesOn.resolve();
      await proxy.stop();
    }
  });
});

describe("what is wrong with the buckets fails the call with one line", () => {
  test("no such bucket", async () => {
    const env = { SnapshotSource: "s3://no-such-bucket-of-ddbr/orders" };
    expect(await failureOf(snapshotOf("orders", env)(null, contextWith()))).toInclude("no such bucket");
  });

  test("wrong credentials", async () => {
    const env = { SnapshotSecretAccessKey: "wrong" };
    const line = await failureOf(snapshotOf("orders", env)(null, contextWith()));
    expect(line).toInclude("SignatureDoesNotMatch");
  });

  test("no permission to read", async () => {
    await fill("denied", images(5));
    const rules = [{ fault: { kind: "access-denied" as const }, operations: ["GET"], nth: [5, 6, 7, 8] }];
    const proxy = await startFaultProxy({ target: s3Endpoint(), rules });
    try {
      const line = await failureOf(snapshotOf("denied", {}, proxy.url)(null, contextWith()));
      expect(line).toInclude("not allowed to");
      expect(line).toInclude("grant s3:");
    } finally {
      await proxy.stop();
    }
    expect(await place.get("snapshots/denied.gz")).toBeUndefined();
  });
});
