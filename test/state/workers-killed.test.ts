import { describe, expect, test } from "bun:test";
import { createDice } from "../../src/core/demo/dice.ts";
import { STORE_KINDS, type StoreKind } from "../helpers/stores.ts";
import { type ChildWorker, withWorkers } from "./child-workers.ts";
import { countedOf } from "./counted.ts";
import { withState } from "./opened-places.ts";
import { checkOutcome } from "./worker-outcome.ts";

const WORKERS = 4;
const LEASE_MS = 400;
const TERMS = { leaseMs: LEASE_MS, clockMarginMs: 100 };
/** The S3 gateway stores some hundred objects a second. */
const SIZES: Record<StoreKind, { segments: number; units: number; harms: number }> = {
  directory: { segments: 12, units: 12, harms: 20 },
  s3: { segments: 8, units: 10, harms: 10 },
};

describe.each(STORE_KINDS)("workers in processes of their own (%s)", (kind) => {
  test(
    "killed and frozen at random, by clocks that differ, do every segment once",
    () =>
      withState(kind, (_place, place) =>
        withWorkers(async (startWorker) => {
          const { segments, units, harms } = SIZES[kind];
          const dice = createDice(42);
          const all: ChildWorker[] = [];
          const start = () => {
            const worker = startWorker({
              ...TERMS,
              url: place.url,
              worker: `worker-${all.length}`,
              segments,
              concurrency: dice.between(1, 2),
              units,
              unitMs: 20,
              aheadMs: dice.between(-3 * LEASE_MS, 3 * LEASE_MS),
            });
            all.push(worker);
            return worker;
          };
          const live = Array.from({ length: WORKERS }, start);
          const thawing: Promise<void>[] = [];
          for (let harm = 0; harm < harms; harm++) {
            await Bun.sleep(dice.between(20, 200));
            while (!live.some(({ works, ended }) => works || ended)) await Bun.sleep(5);
            const working = live.filter(({ works }) => works);
            if (working.length === 0) break;
            const worker = dice.pick(working);
            if (dice.chance(0.6)) {
              worker.kill("SIGKILL");
              live[live.indexOf(worker)] = start();
            } else {
              worker.kill("SIGSTOP");
              const frozenMs = dice.between(0, 3 * LEASE_MS);
              thawing.push(Bun.sleep(frozenMs).then(() => worker.kill("SIGCONT")));
            }
          }
          await Promise.all(thawing);
          for (const worker of live) expect(await worker.exited()).toBe(0);
          for (const worker of all) await worker.exited();
          const told = all.flatMap((worker) => worker.told);
          // The test would say nothing if the harm had been done to idle workers.
          expect(await checkOutcome(place, { segments, units }, told)).toBeGreaterThan(segments);
        }),
      ),
    120_000,
  );

  test(
    "one that was frozen for longer than its lease notices, and writes nothing that counts",
    () =>
      withState(kind, (_place, place) =>
        withWorkers(async (startWorker) => {
          const size = { segments: 1, units: 30 };
          // Long enough for nobody else to lose it.
          const terms = { leaseMs: 2_000, clockMarginMs: 300, concurrency: 1, unitMs: 100, aheadMs: 0 };
          const options = { ...terms, ...size, url: place.url };
          const frozen = startWorker({ ...options, worker: "frozen" });
          await frozen.says("saved");
          frozen.kill("SIGSTOP");
          const other = startWorker({ ...options, worker: "other" });
          await other.says("saved");
          frozen.kill("SIGCONT");
          await frozen.says("segment-lost");
          for (const worker of [frozen, other]) expect(await worker.exited()).toBe(0);
          expect(await checkOutcome(place, size, [...frozen.told, ...other.told])).toBe(2);
          const { record, lines } = (await countedOf(place, 0))!;
          expect(record.worker).toBe("other");
          const mine = lines.filter((line) => line.endsWith(" frozen"));
          expect(mine.length).toBeGreaterThanOrEqual(
            frozen.told.filter(({ type }) => type === "saved").length,
          );
          expect(mine.length).toBeLessThan(size.units);
        }),
      ),
    60_000,
  );
});
