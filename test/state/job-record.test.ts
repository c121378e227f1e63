import { describe, expect, test } from "bun:test";
import { joinJob, readJob, type WantedJob } from "../../src/core/state/job-record.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { STORE_KINDS, withPlace } from "../helpers/stores.ts";
import { failureOf } from "../store/contract/subject.ts";
import { openPlace, withState } from "./opened-places.ts";

const WANTED: WantedJob = {
  command: "diff-tables",
  segments: 64,
  identity: {
    primary: { arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders", createdAt: 1_700_000_000_000 },
    replica: { arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/copy", createdAt: 1_700_000_000_001 },
    ignore: ["updatedAt"],
    backfill: undefined,
  },
};

describe.each(STORE_KINDS)("a job (%s)", (kind) => {
  test("is begun by the first of many, and joined by the others", () =>
    withState(kind, async (place, outside) => {
      const others = await Promise.all([1, 2, 3, 4].map(() => openPlace(outside.url)));
      const joined = await Promise.all([place, ...others].map((one) => joinJob(one, WANTED)));
      expect(new Set(joined.map(({ run }) => run)).size).toBe(1);
      expect(await joinJob(place, WANTED)).toEqual(joined[0]!);
      expect(await readJob(place)).toEqual(joined[0]!);
      expect(await outside.keys()).toEqual(["job.json"]);
      const { run, createdAt, ...rest } = JSON.parse((await outside.get("job.json"))!.toString());
      expect(run).toMatch(/^[0-9a-f-]{36}$/);
      expect(new Date(createdAt).toISOString()).toBe(createdAt);
      expect(rest).toEqual({ format: "ddbr-state", version: 1, ...WANTED });
      for (const other of others) other.close();
    }));
});

const { identity } = WANTED;
const OTHERS: [string, WantedJob, string][] = [
  [
    "two other things",
    { ...WANTED, segments: 1, identity: { ...identity, backfill: true } },
    "segments is 64, here 1; backfill is not given, here true",
  ],
  ["other segments", { ...WANTED, segments: 32 }, "segments is 64, here 32"],
  [
    "another option",
    { ...WANTED, identity: { ...identity, ignore: [] } },
    'ignore is ["updatedAt"], here []',
  ],
  [
    "an option more",
    { ...WANTED, identity: { ...identity, backfill: true } },
    "backfill is not given, here true",
  ],
  [
    "an option less",
    { ...WANTED, identity: { ...identity, ignore: undefined } },
    'ignore is ["updatedAt"], here not given',
  ],
  [
    "a table that was made anew",
    { ...WANTED, identity: { ...identity, replica: { arn: "x", createdAt: 2 } } },
    'replica is {"arn":"arn:aws:dynamodb:eu-west-1:123456789012:table/copy","createdAt":1700000000001}, here {"arn":"x","createdAt":2}',
  ],
];

test("another job is refused, and told what differs", () =>
  withState("directory", async (place) => {
    await joinJob(place, WANTED);
    for (const [what, wanted, told] of OTHERS) {
      expect(await failureOf(() => joinJob(place, wanted)), what).toMatchObject({
        code: "exists",
        message: `the state is of another run: ${told}`,
        subject: place.location.text,
      });
    }
    const both = { ...WANTED, command: "x", segments: 1 };
    expect(await failureOf(() => joinJob(place, both))).toMatchObject({
      code: "exists",
      message: 'the state is of a run of "diff-tables"',
    });
  }));

test("members in another order are the same job", () =>
  withState("directory", async (place) => {
    const { run } = await joinJob(place, WANTED);
    const turned = Object.fromEntries(Object.entries(identity).reverse());
    expect((await joinJob(place, { ...WANTED, identity: turned })).run).toBe(run);
  }));

test("what is no state is refused", () =>
  withState("directory", async (place, outside) => {
    const good = { format: "ddbr-state", version: 1, ...WANTED, run: "r", createdAt: "2026-01-01T00:00:00Z" };
    const texts = ["", "{", "null", "[]", "{}", ...["segments", "identity", "run"].map(without)];
    function without(name: string): string {
      return JSON.stringify({ ...good, [name]: undefined });
    }
    const wrong = [{ segments: 0 }, { segments: 1e9 }, { settings: null }, { settings: "all" }];
    for (const text of [...texts, ...wrong.map((part) => JSON.stringify({ ...good, ...part }))]) {
      await outside.put("job.json", text);
      expect(await failureOf(() => joinJob(place, WANTED)), text).toMatchObject({
        code: "damaged",
        subject: `${place.location.text}/job.json`,
      });
    }
    await outside.put("job.json", JSON.stringify({ ...good, version: 2 }));
    expect(await failureOf(() => joinJob(place, WANTED))).toMatchObject({
      code: "exists",
      message: "the state is of a later version of this program",
    });
  }));

/** Before the real server, one that answers as if conditions were nothing to it. */
function startHeedless() {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const body = method === "GET" ? null : await request.arrayBuffer();
      const answer = await fetch(s3Endpoint() + pathname + search, { method, headers, body });
      return answer.status === 412 ? new Response(null, { status: 200, headers: { etag: '"x"' } }) : answer;
    },
  });
}

test("a server that takes no notice of conditions is refused, and nothing is left there", () =>
  withPlace(
    "s3",
    async (outside) => {
      const server = startHeedless();
      const place = await openPlace(outside.url, { endpoint: `http://127.0.0.1:${server.port}` });
      expect(await failureOf(() => joinJob(place, WANTED))).toMatchObject({
        code: "service-refused",
        message: "the server overwrites an object in spite of If-None-Match: *",
      });
      expect(await outside.keys()).toEqual([]);
      place.close();
      await server.stop(true);
    },
    { versioned: false },
  ));
