import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createDice, type Dice } from "../../src/core/demo/dice.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultRule, startFaultProxy } from "../helpers/fault-proxy.ts";
import type { TestTable } from "../helpers/table.ts";
import { byId, wire } from "./helpers/changes.ts";
import { ids, specialItem } from "./helpers/items.ts";
import { runPlan } from "./helpers/run-plan.ts";
import { SCENARIOS, withScenario } from "./helpers/scenarios.ts";

const SECONDS = 1_000;
const RECORDS = ids(300);
const READS = ["Scan", "BatchGetItem"];
const WRITES = ["PutItem", "DeleteItem"];

/** Loses answers to writes that took place, so that each of them is tried again when others may have written. */
const RULES: FaultRule[] = [
  { fault: { kind: "reset-after" }, rate: 0.03, operations: WRITES },
  { fault: { kind: "throttle" }, rate: 0.03 },
];

/** Others who change, delete and create records; what they have put is told from anything else. */
class Others {
  /** What each record was by their last acknowledged write; undefined: deleted. */
  readonly last = new Map<string, WireItem | undefined>();
  readonly #table: TestTable;
  readonly #dice: Dice;
  readonly #queues = new Map<string, Promise<void>>();
  #writes = 0;

  constructor(table: TestTable, dice: Dice) {
    this.#table = table;
    this.#dice = dice;
  }

  /** Writes of one record one after the other, so that it is known which was the last. */
  write(id: string): Promise<void> {
    const written = (this.#queues.get(id) ?? Promise.resolve()).then(() => this.#write(id));
    this.#queues.set(id, written);
    return written;
  }

  async #write(id: string): Promise<void> {
    const number = `${++this.#writes}`;
    if (this.#dice.chance(0.25)) {
      await this.#table.delete({ id: { S: id } });
      this.last.set(id, undefined);
      return;
    }
    const item = { ...specialItem(id, this.#dice), theirs: { N: number } };
    await this.#table.put(item);
    this.last.set(id, wire(item));
  }

  /** Goes on with some writes at a time until it is stopped. */
  start(): () => Promise<void> {
    let isOver = false;
    const writer = async () => {
      while (!isOver) {
        await this.write(this.#dice.pick(RECORDS));
        await Bun.sleep(this.#dice.between(0, 60));
      }
    };
    const writers = Promise.all([writer(), writer(), writer()]);
    return async () => {
      isOver = true;
      await writers;
      await Promise.all(this.#queues.values());
    };
  }
}

interface PlannedChange {
  key: { id: { S: string } };
  before: WireItem | null;
  after: WireItem | null;
}

/** The plan as it was written down, by id. */
function plannedChanges(undoFile: string): Map<string, PlannedChange> {
  const lines = readFileSync(undoFile, "utf8").split("\n").slice(0, -1);
  const changes = lines.map((line) => JSON.parse(line)).filter(({ key }) => key !== undefined);
  return new Map((changes as PlannedChange[]).map((change) => [change.key.id.S, change]));
}

const PLANNED = SCENARIOS.filter((kind) => kind !== "diff-tables --repair");

test.each(PLANNED)(
  "%s, while others write the same records: what they wrote after the plan stays, all else is as it was to be",
  (kind) =>
    withScenario(kind, 21, async ({ table, words, path }) => {
      const dice = createDice(21);
      const others = new Others(table, dice);
      const untouched = byId(await table.items());
      // Each of our writes waits now and then until one of theirs is done, of that very record, and each read for a few; so it is with the answers.
      const aimed = async (operation: string, body: string | undefined) => {
        if (READS.includes(operation)) for (let n = 0; n < 3; n++) await others.write(dice.pick(RECORDS));
        const id = /"id":\{"S":"([^"]+)"/.exec(body ?? "")?.[1];
        if (WRITES.includes(operation) && id !== undefined && dice.chance(0.15)) await others.write(id);
      };
      const proxy = await startFaultProxy({
        target: dynamoDbEndpoint(),
        rules: RULES,
        onRequest: aimed,
        onResponse: (operation, _, body) => aimed(operation, body),
      });
      const stop = others.start();
      const undoFile = path("undo.ndjson");
      const location = `${proxy.url}/${table.name}`;
      const run = await runPlan([...words(location), "--undo-file", undoFile]);
      await stop();
      await proxy.stop();

      expect(run.code, run.output).toBe(1);
      const { totals, outcome } = run.summary!;
      expect(outcome).toBe("discrepancies");
      const raced = run.events.flatMap(({ event, key }) =>
        event === "raced" ? [(key as { id: { S: string } }).id.S] : [],
      );
      expect(totals.raced).toBe(raced.length);
      expect(raced.length).toBeGreaterThan(2);
      expect(raced.filter((id) => !others.last.has(id))).toEqual([]);

      const plan = plannedChanges(undoFile);
      const now = byId(await table.items());
      let kept = 0;
      for (const id of RECORDS) {
        const change = plan.get(id);
        const theirs = others.last.get(id);
        const wasTheirs = others.last.has(id);
        // What they had written before the plan read it is what the plan is to replace.
        const isPlannedOn = change !== undefined && Bun.deepEquals(change.before ?? undefined, theirs);
        if (wasTheirs && !isPlannedOn) {
          expect(now.get(id), id).toEqual(theirs!);
          kept++;
        } else if (wasTheirs && theirs === undefined) {
          // Nothing was there when it was planned, nor is it known whether they deleted it before we wrote or after.
          expect([undefined, change!.after], id).toContainEqual(now.get(id));
        } else {
          expect(now.get(id), id).toEqual(
            change === undefined ? untouched.get(id)! : (change.after ?? undefined)!,
          );
        }
      }
      expect(kept).toBeGreaterThan(raced.length / 2);
    }),
  120 * SECONDS,
);
