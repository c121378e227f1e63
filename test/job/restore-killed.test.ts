import { describe, expect, test } from "bun:test";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { runDdbr } from "../helpers/cli.ts";
import type { FaultRule } from "../helpers/fault-proxy.ts";
import { STORE_KINDS, type StoreKind } from "../helpers/stores.ts";
import { byId, changesBetween, newFolder } from "../restore/helpers/changes.ts";
import { startCountingProxy } from "../restore/helpers/counting-proxy.ts";
import { idIn } from "../restore/helpers/items.ts";
import { merged, withDump } from "./restore-fixture.ts";
import { collect, environment, SHORT_LEASE, workerWords } from "./shared-restore.ts";
import { runWorkerArray } from "./worker-array.ts";

const MINUTES = 60_000;
const RULES: FaultRule[] = [
  { fault: { kind: "throttle" }, rate: 0.03 },
  { fault: { kind: "unprocessed", share: 0.5 }, rate: 0.3 },
  { fault: { kind: "reset-after" }, rate: 0.02 },
];
/** The S3 gateway stores some hundred objects a second. */
const SIZES: Record<StoreKind, { records: number; kills: number }> = {
  directory: { records: 2_500, kills: 12 },
  s3: { records: 1_500, kills: 8 },
};
/** Of so many records that are to be written one is written by somebody else, at that very moment. */
const OTHERS_EVERY = 40;

describe.each(STORE_KINDS)("a restore shared by workers, all on %s", (kind) => {
  test(
    "killed at any moment, before a table that throttles: the table is as the source says, others' writes stay, and all can be undone",
    () =>
      withDump(
        { kind, records: SIZES[kind].records, files: 10, seed: 71 },
        async ({ table, source, url, state, before, after }) => {
          const planned = changesBetween(before, after);
          const others = new Map<string, WireItem>();
          const seen = new Set<string>();
          const counting = await startCountingProxy(RULES, 71, async (operation, body) => {
            const id = idIn(body)!;
            if (operation !== "PutItem" || seen.has(id)) return;
            seen.add(id);
            if (seen.size % OTHERS_EVERY !== 0) return;
            const theirs = { id: { S: id }, theirs: { N: `${seen.size}` } };
            others.set(id, theirs);
            await table.put(theirs);
          });
          const restore = {
            source,
            url,
            table: { location: `${counting.proxy.url}/${table.name}` },
            state,
          };
          const words = [...workerWords(restore), ...SHORT_LEASE, "--segments", "10", "--concurrency", "2"];
          const array = {
            words,
            env: environment(restore),
            jobs: 4,
            kills: SIZES[kind].kills,
            killEveryMs: 700,
            seed: 71,
          };
          const { kills, done } = await runWorkerArray(array);
          // The test would say nothing if all had been done before anybody was killed.
          expect(kills).toBeGreaterThan(3);
          expect(new Set(done).size).toBe(done.length);
          expect(others.size).toBeGreaterThan(10);

          expect(byId(await table.items())).toEqual(merged(after, others));
          const folder = newFolder();
          const undoFile = folder.path("undo.ndjson");
          const { code, summary } = await collect(state, "--undo-file", undoFile);
          expect(code).toBe(1);
          expect(summary.outcome).toBe("discrepancies");
          const { plan, totals } = summary;
          expect(totals.segmentsDone).toBe(10);
          const items = plan.changes.create.items + plan.changes.replace.items;
          expect(items).toBe(planned.length);
          expect(totals.raced).toBe(others.size);
          const written = totals.written.create + totals.written.replace;
          expect(written + totals.raced).toBe(planned.length);
          const units = plan.changes.create.writeUnits + plan.changes.replace.writeUnits;
          // A write whose answer was lost is refused when it comes again; what others were faster with was not written.
          expect(counting.writeUnits).toBeLessThanOrEqual(units);
          expect(counting.writeUnits).toBeGreaterThan(units * 0.9);

          const undone = await runDdbr([
            "undo",
            undoFile,
            "--table",
            table.location,
            "--yes",
            "--plain",
            "--undo-file",
            folder.path("redo.ndjson"),
          ]);
          expect(undone.code, undone.stdout + undone.stderr).toBe(1);
          expect(byId(await table.items())).toEqual(merged(before, others));
          folder.drop();
          await counting.proxy.stop();
        },
      ),
    5 * MINUTES,
  );
});
