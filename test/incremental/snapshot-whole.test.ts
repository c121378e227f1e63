import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { createDice } from "../../src/core/demo/dice.ts";
import { documented, opened } from "../fingerprint/documented.ts";
import { DDBR } from "../helpers/cli.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { idName, MINUTES, snapshot, snapshotLines } from "./folding.ts";

/** Incompressible, and more than one part of an upload. */
const RECORDS = 36;
const RECORD_BYTES = 390_000;
const KILLS = 10;
/** What a killed client had not sent whole is never answered. */
const LONGEST_COMPLETING_MS = 5_000;

const bodies = Array.from({ length: RECORDS }, (_, n) => {
  const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(40_000)));
  const text = Buffer.concat(Array.from({ length: 8 }, (_, turn) => bytes.map((byte) => byte ^ (turn * 31))));
  return `{"id":{"S":"big-${n}"},"bytes":{"B":"${text.toString("base64").slice(0, RECORD_BYTES - 52)}"}}`;
}).sort();

describe.each(STORE_KINDS)("a snapshot on %s", (kind) => {
  const dice = createDice(20_261_125);
  let place: TestPlace;
  let proxy: FaultProxy;
  /** Uploads that are being begun or completed: the server goes on with that when its client is killed. */
  let completing = 0;
  beforeAll(async () => {
    place = await newPlace(kind);
    for (const body of bodies) await place.put(`records/${idName(JSON.parse(body).id.S)}`, body);
    await place.put("out/older.gz", "what was there before");
    // Slow enough for something to come in between.
    proxy = await startFaultProxy({
      target: s3Endpoint(),
      rules: [
        { fault: { kind: "delay", ms: 20 }, operations: ["GET"], always: true },
        { fault: { kind: "delay", ms: 300 }, operations: ["PUT"], always: true },
      ],
      onRequest: (operation) => operation === "POST" && completing++,
      onResponse: (operation) => operation === "POST" && completing--,
    });
  }, MINUTES);
  afterAll(async () => {
    await proxy.stop();
    await place.drop();
  }, MINUTES);

  /** Uploads of S3 that nobody completes belong to a name: the next run of that name takes them away. */
  async function litterOf(file: string): Promise<string[]> {
    const litter = await place.litter();
    return kind === "s3" ? litter.filter((name) => name === `out/${file}`) : litter;
  }

  /** Starts a snapshot, and sends a signal to it when a part of the file is stored under some other name. */
  async function interrupted(file: string, signal: "SIGKILL" | "SIGINT", afterMs: number) {
    const words = ["incremental-snapshot", `${place.url}/records`, `${place.url}/out/${file}`];
    const child = Bun.spawn([DDBR, ...words, ...place.options(proxy.url), "--reads", "2"], {
      env: programEnvironment(place.env),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const output = child.stdout.text();
    while (child.exitCode === null && (await litterOf(file)).length === 0) await Bun.sleep(1);
    await Bun.sleep(afterMs);
    child.kill(signal);
    await child.exited;
    const until = performance.now() + LONGEST_COMPLETING_MS;
    while (completing > 0 && performance.now() < until) await Bun.sleep(5);
    completing = 0;
    return { code: child.exitCode, stdout: await output };
  }

  /** A kill that came too late: what is there then is whole. */
  async function takeBackIfComplete(file: string): Promise<void> {
    const stored = await place.get(`out/${file}`);
    if (stored === undefined || stored.toString() === "what was there before") return;
    expect((await snapshotLines(place, `out/${file}`)).join("\n") === bodies.join("\n")).toBe(true);
    if (file === "older.gz") await place.put("out/older.gz", "what was there before");
    else await place.remove(`out/${file}`);
  }

  async function check(file: string): Promise<void> {
    const { code, stdout } = await snapshot(place, "records", `out/${file}`);
    expect(code, stdout).toBe(0);
    expect((await snapshotLines(place, `out/${file}`)).join("\n") === bodies.join("\n")).toBe(true);
    expect(await litterOf(file)).toEqual([]);
  }

  test(
    "that is killed at any moment is absent, and leaves an older one as it was; the next run leaves no litter",
    async () => {
      let left = 0;
      for (let kill = 1; kill <= KILLS; kill++) {
        const file = dice.chance(0.5) ? "older.gz" : "new.gz";
        await interrupted(file, "SIGKILL", dice.between(0, kind === "s3" ? 300 : 40));
        if ((await litterOf(file)).length > 0) left++;
        else await takeBackIfComplete(file);
        expect(await place.keys("out"), `kill ${kill}`).toEqual(["out/older.gz"]);
        expect((await place.get("out/older.gz"))!.toString()).toBe("what was there before");
      }
      // The test would say nothing if the kills had come before the first byte or after the last.
      expect(left).toBeGreaterThan(KILLS / 2);
      await check("new.gz");
      if (kind === "s3") await place.put("out/older.gz", "what was there before");
      await check("older.gz");
    },
    5 * MINUTES,
  );

  test("that is stopped is absent at once, and so is what was written of it", async () => {
    const { code, stdout } = await interrupted("stopped.gz", "SIGINT", 10);
    expect(code, stdout).toBe(130);
    expect(stdout).toMatch(/\[summary\] stopped: nothing written to [^\n]*stopped\.gz\n/);
    expect(await place.keys("out")).not.toContain("out/stopped.gz");
    expect(await place.litter()).toEqual([]);
  }, 60_000);

  test("has a manifest that is right", async () => {
    const before = Date.now();
    const options = ["--manifest", "--at", new Date(before).toISOString()];
    const { code, stdout } = await snapshot(place, "records", "out/told.gz", { options });
    expect(code, stdout).toBe(0);
    const manifest = JSON.parse((await place.get("out/told.gz.manifest.json"))!.toString());
    const stored = (await place.get("out/told.gz"))!;
    const { startedAt, finishedAt, fingerprint, ...figures } = manifest;
    const items = gunzipSync(stored)
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(opened(fingerprint)).toEqual(documented(items, ["id"]));
    expect(figures).toEqual({
      format: "ddbr-snapshot",
      version: 1,
      source: `${place.url}/records`,
      at: new Date(before).toISOString(),
      name: "told.gz",
      compression: "gzip",
      items: RECORDS,
      foreign: 0,
      duplicates: 0,
      rawBytes: gunzipSync(stored).length,
      storedBytes: stored.length,
      sha256: createHash("sha256").update(stored).digest("hex"),
    });
    expect([before, Date.parse(startedAt), Date.parse(finishedAt), Date.now()]).toEqual(
      [before, Date.parse(startedAt), Date.parse(finishedAt), Date.now()].sort((one, other) => one - other),
    );
    expect(startedAt).toBe(new Date(startedAt).toISOString());
  }, 60_000);
});
