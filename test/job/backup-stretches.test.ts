import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CreateMultipartUploadCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { backupWords } from "../backup/dump.ts";
import { DDBR } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { s3Client } from "../helpers/s3.ts";
import { STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { countedOf } from "../state/counted.ts";
import { collect, shareBackup } from "./backup-here.ts";
import { expectSharedDump } from "./judged-dump.ts";

const MINUTES = 60_000;
/** Each of two segments has some five pages. */
const ITEMS = 100;
const ITEM_BYTES = 100_000;
let table: TestTable;
let proxy: FaultProxy;
/** Hears of each scan that is answered. */
let scanned: (call: number) => unknown = () => {};
let scans = 0;

beforeAll(async () => {
  table = await createTable();
  const text = "0123456789abcdef".repeat(ITEM_BYTES / 16);
  const items = Array.from({ length: ITEMS }, (_, id) => ({
    id: { S: `${id}` },
    text: { S: `${id}${text}` },
  }));
  await table.load(items);
  proxy = await startFaultProxy({
    target: dynamoDbEndpoint(),
    onRequest: (operation) => (operation === "Scan" ? scanned(++scans) : undefined),
  });
}, MINUTES);

afterAll(async () => {
  await proxy.stop();
  await table.drop();
});

const WORDS = ["--jobid", "j", "--segments", "2", "--concurrency", "1"];

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s: what is read is saved, and the same command goes on from there",
  (signal) =>
    withPlace("directory", (place) =>
      withPlace("directory", async (state) => {
        const words = [...WORDS, "--state", state.url, "--checkpoint", "3600"];
        const child = Bun.spawn([DDBR, ...backupWords(`${proxy.url}/${table.name}`, place, ...words)], {
          env: programEnvironment(place.env),
          stdin: "ignore",
          stdout: "pipe",
          stderr: "pipe",
        });
        scans = 0;
        scanned = (call) => {
          if (call === 3) child.kill(signal);
        };
        const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
        expect(await child.exited, stderr).toBe(130);
        expect(stdout).toContain("stopped: this worker has done 0 of 2 segments");
        expect(stderr).toContain("the same command goes on");
        const counted = [await countedOf(state, 0), await countedOf(state, 1)];
        const [saved, ...others] = counted.flatMap((one) => (one === undefined ? [] : [one.record]));
        expect(others, "no other is begun").toEqual([]);
        expect(saved).toMatchObject({ status: "open", epoch: 1, checkpoint: { after: { id: {} } } });
        const { files, transfer } = saved!.totals as Saved;
        expect(files.map(({ name }) => name)).toEqual([expect.stringMatching(/^\d-1-1$/)]);
        const readBefore = transfer.read;
        expect(readBefore).toBeGreaterThan(0);

        const rest = await shareBackup(table.location, place, state, ...WORDS);
        expect(rest.stdout).toContain(`${ITEMS - readBefore} items written`);
        const { stdout: collected } = await collect(state);
        expect(collected).toContain(`read: ${ITEMS} items`);
        await expectSharedDump(place, "j", table.name);
      }),
    ),
);

interface Saved {
  files: { name: string }[];
  transfer: { read: number };
}

describe.each(STORE_KINDS)("on %s", (kind) => {
  test("what workers that have died left of their files is taken away, and nothing else", () =>
    withPlace(kind, (place) =>
      withPlace(
        kind,
        async (state) => {
          expect((await shareBackup(table.location, place, state, ...WORDS, "--segment", "0")).code).toBe(0);
          // Two have had the other segment before: of one a whole file is there, of one the beginning.
          const dead = { worker: "dead", lease: "l", epoch: 2, leaseMs: 1000, status: "open" };
          const record = {
            ...dead,
            until: "2026-01-01T00:00:00.000Z",
            checkpoint: null,
            totals: null,
            parts: [],
          };
          await state.put("segments/1/00000007.json", JSON.stringify(record));
          await place.put("j/1-1-1", "half of what");
          if (kind === "s3") await beginUpload(place, "j/1-2-1");
          const others = ["j/1-2-9", "j/1-9-1", "j/7-1-1", "j/2026-11-23", "j/notes.txt"];
          for (const key of others) await place.put(key, `content of ${key}`);
          expect((await shareBackup(table.location, place, state, ...WORDS)).code).toBe(0);
          const { code, stdout } = await collect(state);
          expect(code, stdout).toBe(0);
          for (const key of others) {
            expect((await place.get(key))?.toString()).toBe(`content of ${key}`);
            await place.remove(key);
          }
          const { files } = await expectSharedDump(place, "j", table.name);
          expect(files.map(({ name }) => name)).toEqual(["0-1-1", "1-3-1"]);
          expect(await place.litter()).toEqual([]);
        },
        { versioned: false },
      ),
    ));
});

async function beginUpload({ url }: TestPlace, Key: string): Promise<void> {
  const client = s3Client();
  const Bucket = url.slice("s3://".length);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const Body = Buffer.alloc(5 * 1024 * 1024);
  await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body }));
  client.destroy();
}
