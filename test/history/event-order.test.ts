import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { runDdbr } from "../helpers/cli.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { objectName, openTestStore, type StoredEvent, storeEvents } from "./fixtures/stored-history.ts";

const MINUTE = 60_000;

interface Told {
  sequenceNumber?: string;
  change: string;
  changed?: string[];
  problem?: string;
  deleted: boolean;
  item?: { v?: { N: string } };
}

const key = (id: string) => ({ id: { S: id } });
const image = (id: string, v: number) => ({ ...key(id), v: { N: `${v}` } });
/** The event that leaves this value, or the deletion. */
const event = (id: string, v: number, deleted = false): StoredEvent => ({
  image: deleted ? undefined : image(id, v),
  at: Date.UTC(2026, 10, 20) + v * 100,
  // One digit more from the tenth on: compared as text they would be in another order.
  sequence: 10n ** 20n - 5n + BigInt(v),
});

describe.each(STORE_KINDS)("the order of a history on %s", (kind) => {
  let place: TestPlace;
  let table: TestTable;

  beforeAll(async () => {
    [place, table] = await Promise.all([newPlace(kind), createTable()]);
  }, MINUTE);
  afterAll(() => Promise.all([place.drop(), table.drop()]));

  async function told(id: string, events: StoredEvent[]): Promise<Told[]> {
    const store = await openTestStore(`${place.url}/${table.name}`);
    await storeEvents(store, objectName(key(id)), events);
    store.close();
    return printed(id);
  }

  async function printed(id: string): Promise<Told[]> {
    const words = ["record-history", table.location, place.url, JSON.stringify({ id }), "--json"];
    const { code, stdout, stderr } = await runDdbr([...words, ...place.options()], { env: place.env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  test(
    "a batch that was delivered twice comes in the order of its events, each of them once",
    async () => {
      const batch = Array.from({ length: 12 }, (_, v) => event("twice", v, v === 6));
      // The second delivery begins over, and the stream goes on.
      const versions = await told("twice", [...batch, ...batch.slice(3, 9), event("twice", 12)]);
      const values = versions.map(({ item, deleted }) => (deleted ? "deleted" : Number(item!.v!.N)));
      expect(values).toEqual([12, 11, 10, 9, 8, 7, "deleted", 5, 4, 3, 2, 1, 0]);
      const sequences = versions.map(({ sequenceNumber }) => BigInt(sequenceNumber!));
      expect(sequences).toEqual(sequences.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
      const changes = versions.map(({ change, changed }) => `${change} ${changed ?? ""}`.trim());
      expect(changes).toEqual([
        ...["changed v", "changed v", "changed v", "changed v", "changed v", "restored", "deleted"],
        ...["changed v", "changed v", "changed v", "changed v", "changed v", "created"],
      ]);
    },
    MINUTE,
  );

  test(
    "versions of which no sequence number is known stay where they were stored",
    async () => {
      const bare = (v: number): StoredEvent => ({ image: image("bare", v) });
      const late = (v: number) => event("bare", v);
      // A backfill, a batch, a repair in between, and the batch once more.
      const versions = await told("bare", [
        bare(100),
        late(1),
        late(2),
        bare(101),
        late(1),
        late(2),
        bare(102),
      ]);
      expect(versions.map(({ item }) => Number(item!.v!.N))).toEqual([102, 2, 101, 1, 100]);
      expect(versions.map(({ sequenceNumber }) => sequenceNumber !== undefined)).toEqual([
        ...[false, true, false, true, false],
      ]);
    },
    MINUTE,
  );

  test(
    "what is no item is told as a problem, and the versions around it are as they are",
    async () => {
      const name = `${table.name}/${objectName(key("broken"))}`;
      await place.put(name, JSON.stringify(image("broken", 1)));
      const first = await printed("broken");
      expect(first.map(({ item }) => item)).toEqual([image("broken", 1)]);
      const store = await openTestStore(`${place.url}/${table.name}`);
      const bodies = [
        "",
        "{not json",
        '{"id":5}',
        Buffer.from([0x7b, 0xff]),
        JSON.stringify(image("broken", 2)),
      ];
      for (const body of bodies) await store.put(objectName(key("broken")), body);
      store.close();
      const versions = await printed("broken");
      expect(versions.map(({ change, problem, item }) => problem ?? [change, item!.v!.N])).toEqual([
        ["unknown", "2"],
        "is not UTF-8 text",
        "is not an item in wire form",
        "is not JSON",
        "is empty",
        ["created", "1"],
      ]);
      const words = ["record-history", table.location, place.url, '{"id":"broken"}', ...place.options()];
      const { code, stdout } = await runDdbr(words, { env: place.env });
      expect(code).toBe(0);
      expect(stdout.match(/^\((is .+): version \S+\)$/gm)).toHaveLength(4);
    },
    MINUTE,
  );
});
