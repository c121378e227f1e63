import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FollowCheckpoint } from "../../src/core/follow/checkpoint.ts";
import { openCheckpointFile } from "../../src/core/follow/checkpoint-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ddbr-checkpoint-"));
});
afterAll(() => rm(folder, { recursive: true }));

const checkpoint = (after: string): FollowCheckpoint => ({
  format: "ddbr-follow",
  version: 1,
  stream: "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026",
  createdAt: 1,
  target: "a replica",
  start: "trim-horizon",
  savedAt: new Date().toISOString(),
  shards: { "shard-1": { state: "done" }, "shard-2": { state: "read", after, at: 5 } },
});

test("what was saved last is found again; nothing else is left when it is closed", async () => {
  const path = join(folder, "deep", "er", "run.json");
  const file = await openCheckpointFile(path);
  expect(file.found).toBeUndefined();
  await file.save(checkpoint("1"));
  const last = checkpoint("20000000000000000000000000000000000000");
  await file.save(last);
  await file.close();
  expect(await readdir(join(folder, "deep", "er"))).toEqual(["run.json"]);
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual(last);
  const again = await openCheckpointFile(path);
  expect(again.found).toEqual(last);
  await again.close();
});

test("what a crash has left half written is not taken for it", async () => {
  const path = join(folder, "crashed.json");
  const file = await openCheckpointFile(path);
  await file.save(checkpoint("7"));
  await writeFile(join(folder, ".crashed.json.new"), '{"format":"ddb');
  await file.close();
  const again = await openCheckpointFile(path);
  expect(again.found?.shards["shard-2"]).toMatchObject({ after: "7" });
  await again.save(checkpoint("8"));
  await again.close();
  expect(await readdir(folder)).not.toContain(".crashed.json.new");
});

test("one process at a time, and one that has not been heard of for minutes is no more", async () => {
  const path = join(folder, "held.json");
  const held = await openCheckpointFile(path);
  await expect(openCheckpointFile(path)).rejects.toThrow(/another process \(\d+\) follows/);
  await held.close();

  const elsewhere = JSON.stringify({ host: "000000000000", pid: 1, start: "1" });
  await writeFile(`${path}.lock`, elsewhere);
  await expect(openCheckpointFile(path)).rejects.toThrow(/another process \(1\) follows/);
  const minutesAgo = new Date(Date.now() - 3 * 60_000);
  await utimes(`${path}.lock`, minutesAgo, minutesAgo);
  const taken = await openCheckpointFile(path);
  await taken.save(checkpoint("1"));

  // Should it be at work after all, only one of the two goes on.
  await writeFile(`${path}.lock`, elsewhere);
  await expect(taken.save(checkpoint("2"))).rejects.toThrow(/another process \(1\) follows/);
  expect(JSON.parse(await readFile(path, "utf8")).shards["shard-2"].after).toBe("1");
  await taken.close();
  expect(await readFile(`${path}.lock`, "utf8")).toBe(elsewhere);
});

test.each([
  ["no JSON", "{"],
  ["another format", JSON.stringify({ ...checkpoint("1"), format: "ddbr-backfill" })],
  ["a later version", JSON.stringify({ ...checkpoint("1"), version: 2 })],
  ["a shard without a place", JSON.stringify({ ...checkpoint("1"), shards: { one: { state: "read" } } })],
  ["a start that is none", JSON.stringify({ ...checkpoint("1"), start: "soon" })],
])("%s is no checkpoint, and stays as it is", async (name, text) => {
  const path = join(folder, `${name}.json`);
  await writeFile(path, text);
  await expect(openCheckpointFile(path)).rejects.toThrow("is no checkpoint of follow");
  expect(await readFile(path, "utf8")).toBe(text);
  expect(await readdir(folder)).not.toContain(`${name}.json.lock`);
});
