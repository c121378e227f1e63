import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Item, TestTable } from "./table.ts";

/** What a key of the primary has been, in order; undefined: deleted. */
export type History = (Item | undefined)[];

export type Replication = {
  /** Every image that each id has had on the primary, from the first. */
  histories: Map<string, History>;
  /** Stops writing and, when all writes have reached the replica, resolves. */
  stop(): Promise<void>;
};

export type ReplicationOptions = {
  ids: string[];
  /** Milliseconds a write takes to the replica, from and to. */
  lag: [number, number];
  /** Of this share of the writes the replica never hears: the drift that a repair has to mend. */
  lost?: number;
  writesPerSecond?: number;
  seed?: number;
};

/**
 * Puts, changes and deletes records of the primary at random, and replays every write onto the replica some time
 * later, in order for each key, unconditionally: as a replicator does.
 */
export function startReplication(
  primary: TestTable,
  replica: TestTable,
  { ids, lag: [shortest, longest], lost = 0, writesPerSecond = 100, seed = 1 }: ReplicationOptions,
): Replication {
  const random = seeded(seed);
  const histories = new Map<string, History>(ids.map((id) => [id, []]));
  const lastReplay = new Map<string, Promise<void>>();
  let version = 0;
  let running = true;

  async function write(id: string): Promise<void> {
    const image =
      random() < 0.2 ? undefined : { id: { S: id }, v: { N: String(++version) }, ...shape(random) };
    await apply(primary, id, image);
    histories.get(id)!.push(image);
    if (random() < lost) return;
    const due = shortest + random() * (longest - shortest);
    const before = lastReplay.get(id) ?? Promise.resolve();
    lastReplay.set(
      id,
      Promise.all([before, Bun.sleep(due)]).then(() => apply(replica, id, image)),
    );
  }

  const writing = (async () => {
    while (running) {
      await write(ids[Math.floor(random() * ids.length)]!);
      await Bun.sleep(1000 / writesPerSecond);
    }
  })();

  return {
    histories,
    async stop() {
      running = false;
      await writing;
      await Promise.all(lastReplay.values());
    },
  };
}

/** Attributes come and go from one image to the next. */
function shape(random: () => number): Item {
  const item: Item = { status: { S: random() < 0.5 ? "open" : "closed" } };
  if (random() < 0.5) item.extra = { N: String(Math.floor(random() * 3)) };
  if (random() < 0.3) item.tags = { SS: ["a", "b"] };
  return item;
}

async function apply({ client, name }: TestTable, id: string, image: Item | undefined): Promise<void> {
  if (image === undefined)
    await client.send(new DeleteItemCommand({ TableName: name, Key: { id: { S: id } } }));
  else await client.send(new PutItemCommand({ TableName: name, Item: image }));
}

function seeded(seed: number): () => number {
  let draws = 0;
  return () => Bun.hash.xxHash32(String(++draws), seed) / 2 ** 32;
}
