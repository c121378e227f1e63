import { expect, test } from "bun:test";
import fc from "fast-check";
import type { SegmentLease } from "../../src/core/state/segment-lease.ts";
import type { StatePlace } from "../../src/core/state/state-place.ts";
import { takeSegment } from "../../src/core/state/take-segment.ts";
import { countedOf } from "./counted.ts";
import { LEASE_MS, line, MARGIN_MS } from "./hands.ts";
import { withState } from "./opened-places.ts";
import { SegmentModel } from "./segment-model.ts";

const WORKERS = 3;
const SEGMENTS = 2;

const write = fc.constantFrom("save" as const, "renew" as const, "release" as const, "done" as const);
const who = { worker: fc.nat(WORKERS - 1), segment: fc.nat(SEGMENTS - 1) };
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("take" as const), ...who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("part" as const), ...who }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("write" as const), what: write, ...who }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("advance" as const), ms: fc.nat(LEASE_MS + 2 * MARGIN_MS) }),
  },
);
const aheadMs = fc.array(fc.integer({ min: -LEASE_MS, max: LEASE_MS }), {
  minLength: WORKERS,
  maxLength: WORKERS,
});

/** The workers' side: what they hold, and what they have stored and not saved. */
class Workers {
  readonly #place: StatePlace;
  readonly #model: SegmentModel;
  readonly #held = new Map<string, { lease: SegmentLease; unsaved: string[] }>();

  constructor(place: StatePlace, model: SegmentModel) {
    this.#place = place;
    this.#model = model;
  }

  async take(worker: number, segment: number): Promise<boolean> {
    const now = () => this.#model.now(worker);
    const terms = { worker: `${worker}`, leaseMs: LEASE_MS, clockMarginMs: MARGIN_MS, now };
    const lease = await takeSegment(this.#place, segment, terms);
    if (lease !== undefined) this.#held.set(`${worker}/${segment}`, { lease, unsaved: [] });
    return lease !== undefined;
  }

  async part(worker: number, segment: number, text: string): Promise<boolean> {
    const held = this.#held.get(`${worker}/${segment}`);
    return succeeds(async () => held!.unsaved.push(await held!.lease.putPart("txt", line(text))));
  }

  async write(worker: number, segment: number, what: "save" | "renew" | "release" | "done", n: number) {
    const held = this.#held.get(`${worker}/${segment}`);
    return succeeds(async () => {
      const { lease, unsaved } = held!;
      const parts = [...lease.record.parts, ...unsaved];
      if (what === "save") await lease.save({ checkpoint: n, totals: n, parts });
      else if (what === "done") await lease.done({ totals: n, parts });
      else await lease[what]();
      if (what === "save") unsaved.length = 0;
    });
  }
}

async function succeeds(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch {
    return false;
  }
}

test("whatever workers do, in any order and by any clocks, what counts is one worker's after the other", async () => {
  const happened = { took: 0, refused: 0, wrote: 0, lost: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), aheadMs, (steps, ahead) =>
      withState("directory", async (place, outside) => {
        const model = new SegmentModel(ahead);
        const workers = new Workers(place, model);
        for (const [n, taken] of steps.entries()) {
          if (taken.kind === "advance") {
            model.advance(taken.ms);
            continue;
          }
          const { worker, segment } = taken;
          if (taken.kind === "take") {
            const did = await workers.take(worker, segment);
            expect(did).toBe(model.take(worker, segment));
            happened[did ? "took" : "refused"]++;
          } else if (taken.kind === "part") {
            const did = await workers.part(worker, segment, `${n}`);
            expect(did).toBe(model.part(worker, segment, `${n}`));
          } else {
            const did = await workers.write(worker, segment, taken.what, n);
            expect(did).toBe(model.write(worker, segment, taken.what, n));
            happened[did ? "wrote" : "lost"]++;
          }
        }
        for (let segment = 0; segment < SEGMENTS; segment++) {
          const counted = await countedOf(outside, segment);
          const expected = model.newest.get(segment);
          expect(counted === undefined).toBe(expected === undefined);
          if (counted === undefined || expected === undefined) continue;
          const { worker, epoch, status, until, checkpoint } = counted.record;
          expect({
            worker: Number(worker),
            epoch,
            status,
            until: Date.parse(until),
            checkpoint,
            lines: counted.lines,
          }).toEqual({ ...expected });
        }
      }),
    ),
    { numRuns: 60 },
  );
  for (const times of Object.values(happened)) expect(times).toBeGreaterThan(20);
}, 60_000);
