import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDice } from "../../src/core/demo/dice.ts";
import { runDdbr } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, type StoreKind } from "../helpers/stores.ts";
import { recordWrites } from "../helpers/stream.ts";
import { createTable, type Item } from "../helpers/table.ts";
import { checkpointIn, type FollowerOptions, followToTheEnd, startFollower } from "./follower.ts";
import { writeAtRandom } from "./random-writes.ts";
import { type SettledProxy, startSettledProxy } from "./settled-proxy.ts";
import { nameOf, type StoredEvent, storedEvents } from "./stored-events.ts";

const MINUTES = 60_000;
const KEYS = 200;
/** The S3 gateway stores some hundred objects a second. */
const WRITES: Record<StoreKind, number> = { directory: 2_000, s3: 800 };

/** Follows, stopped and killed at random moments, until `ended`; returns how often each. */
async function disturbed(
  follower: FollowerOptions,
  proxies: SettledProxy[],
  seed: number,
  ended: () => boolean,
) {
  const dice = createDice(seed);
  const counts = { stopped: 0, killed: 0 };
  while (!ended()) {
    const running = startFollower(follower);
    await running.told("started");
    await Bun.sleep(dice.between(50, 1_200));
    const kill = dice.chance(0.6);
    running.kill(kill ? "SIGKILL" : dice.pick(["SIGINT", "SIGTERM"]));
    const code = await running.exited;
    expect(code, await running.stderr).toBe(kill ? 137 : 130);
    for (const proxy of proxies) await proxy.settled();
    if (kill) counts.killed++;
    else {
      counts.stopped++;
      expect(running.events().at(-1)).toMatchObject({ event: "finished", outcome: "interrupted" });
    }
  }
  return counts;
}

/** The image as it lies in a folder: wire form. */
function wire(image: Item | undefined): unknown {
  if (image === undefined) return "deleted";
  return JSON.parse(
    JSON.stringify(image, (_, value) => (value instanceof Uint8Array ? base64(value) : value)),
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

test.each(["directory", "s3"] as const)(
  "followers that are stopped and killed at random lose nothing: a replica, and a folder on %s",
  async (kind: StoreKind) => {
    const folder = await mkdtemp(join(tmpdir(), "ddbr-follow-"));
    const [primary, replica, place] = await Promise.all([createTable(), createTable(), newPlace(kind)]);
    await recordWrites(primary);
    const before = await startSettledProxy(dynamoDbEndpoint());
    // S3 is slow, so that a kill often comes when a part of a page is written, and the checkpoint saved meanwhile.
    const slow = await startSettledProxy(kind === "s3" ? s3Endpoint() : dynamoDbEndpoint(), [
      { fault: { kind: "delay", ms: 80 }, operations: ["PUT", "DELETE"], always: true },
    ]);
    const replicator = {
      primary: primary.location,
      target: `${before.url}/${replica.name}`,
      checkpoint: checkpointIn(folder, "replica"),
    };
    const backup = {
      primary: primary.location,
      target: place.url,
      checkpoint: checkpointIn(folder, "backup"),
      options: place.options(slow.url),
      env: place.env,
    };
    let ended = false;
    const [writes, ...counts] = await Promise.all([
      writeAtRandom(primary, {
        seed: 20_261_123,
        keys: KEYS,
        writes: WRITES[kind],
        afterRound: () => Bun.sleep(kind === "s3" ? 150 : 40),
      }).finally(() => {
        ended = true;
      }),
      disturbed(replicator, [before], 1, () => ended),
      disturbed(backup, [slow], 2, () => ended),
    ]);
    for (const { killed, stopped } of counts) {
      expect(killed).toBeGreaterThan(0);
      expect(stopped).toBeGreaterThan(0);
    }
    slow.setRules([]);
    for (const follower of [replicator, backup]) {
      const { code, stdout, stderr } = await followToTheEnd(follower);
      expect(code, stdout + stderr).toBe(0);
    }

    const diff = await runDdbr(["diff-tables", primary.location, replica.location, "--quiet"]);
    expect(diff.code, diff.stdout).toBe(0);
    const incremental = await runDdbr(
      ["incremental-diff", primary.location, place.url, ...place.options(), "--quiet"],
      { env: place.env },
    );
    expect(incremental.code, incremental.stdout).toBe(0);

    const stored = await storedEvents(place, primary);
    expect(stored.size).toBe(writes.size);
    let repeated: string | undefined;
    for (const [id, images] of writes) {
      const events = stored.get(nameOf(id))!;
      const once = new Map(events.map((event) => [event.sequence, event]));
      if (once.size < events.length) repeated = id;
      expect(
        [...once.values()].map(({ item }) => item),
        id,
      ).toEqual(images.map(wire));
      for (const event of events) expect(event, id).toEqual(once.get(event.sequence) as StoredEvent);
    }

    // The program shows each event once, however often it was delivered.
    const id = repeated ?? [...writes.keys()][0]!;
    const words = ["record-history", primary.location, place.url, JSON.stringify({ id }), "--json"];
    const { stdout } = await runDdbr([...words, ...place.options()], { env: place.env });
    const versions = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const shown = versions.map(({ deleted, item }) => (deleted ? "deleted" : item)).reverse();
    expect(shown).toEqual(writes.get(id)!.map(wire));
    await Promise.all([before.stop(), slow.stop()]);
    await Promise.all([primary.drop(), replica.drop(), place.drop(), rm(folder, { recursive: true })]);
  },
  10 * MINUTES,
);
