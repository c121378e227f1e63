import type { ReadFrom, Shard, StreamSource } from "../../src/core/follow/stream-source.ts";

interface FakeShard {
  id: string;
  parent: string | undefined;
  closed: boolean;
  /** Index of the first record that is still kept. */
  trimmed: number;
  records: FakeRecord[];
  /** Empty pages in a row. */
  empties: number;
}

interface FakeRecord {
  SequenceNumber: string;
  raw: unknown;
}

/** A stream with shards that split, close and lose what is old, as DynamoDB Local's do not within a test. */
export class FakeStream implements StreamSource {
  readonly shards: FakeShard[] = [];
  enabled = true;
  /** Records in a page, and how many empty pages come before each. */
  pageSize = 3;
  emptyPages = 0;
  #sequence = 0n;
  /** Iterators that were given out before are too old. */
  expireBefore = 0;
  #iterators = 0;

  addShard(id: string, parent?: string): void {
    this.shards.push({ id, parent, closed: false, trimmed: 0, records: [], empties: 0 });
  }

  close(): void {}

  closeShard(id: string): void {
    this.#shard(id)!.closed = true;
  }

  removeShard(id: string): void {
    this.shards.splice(this.shards.indexOf(this.#shard(id)!), 1);
  }

  /** The oldest records of a shard go. */
  trim(id: string, count: number): void {
    this.#shard(id)!.trimmed += count;
  }

  /** @param at milliseconds since 1970. @param value undefined: deleted */
  add(shard: string, key: string, value: number | undefined, at = Date.now()): string {
    const sequence = String(++this.#sequence * 1_000_000_000_000_000_000_000n);
    const Keys = { id: { S: key } };
    const raw = {
      eventName: value === undefined ? "REMOVE" : "MODIFY",
      dynamodb: {
        SequenceNumber: sequence,
        StreamViewType: "NEW_IMAGE",
        Keys,
        ...(value !== undefined && { NewImage: { ...Keys, v: { N: `${value}` } } }),
        ApproximateCreationDateTime: Math.floor(at / 1000),
      },
    };
    this.#shard(shard)!.records.push({ SequenceNumber: sequence, raw });
    return sequence;
  }

  async describe(): Promise<{ shards: Shard[]; enabled: boolean }> {
    const shards = this.shards.map(({ id, parent, closed }) => ({ id, parent, closed }));
    return { shards, enabled: this.enabled };
  }

  async iterator(id: string, from: ReadFrom): Promise<{ iterator: string } | "trimmed" | "gone"> {
    const shard = this.#shard(id);
    if (shard === undefined) return "gone";
    const index = this.#index(shard, from);
    return index === "trimmed" ? index : { iterator: this.#iterator(id, index) };
  }

  async read(iterator: string) {
    const [id = "", index, number] = iterator.split("/");
    const shard = this.#shard(id);
    if (shard === undefined) return "gone";
    if (Number(number) <= this.expireBefore) return "expired";
    const start = Number(index);
    if (start < shard.trimmed) return "trimmed";
    const left = shard.records.length - start;
    if (left > 0 && shard.empties++ < this.emptyPages)
      return { records: [], next: this.#iterator(id, start) };
    shard.empties = 0;
    const records = shard.records.slice(start, start + this.pageSize).map(({ raw }) => raw);
    const end = start + records.length;
    const over = shard.closed && end === shard.records.length;
    return { records, next: over ? undefined : this.#iterator(id, end) };
  }

  #index(shard: FakeShard, from: ReadFrom): number | "trimmed" {
    if (from === "latest") return shard.records.length;
    if (from === "trim-horizon") return shard.trimmed;
    const sequence = "after" in from ? from.after : from.at;
    const found = shard.records.findIndex(({ SequenceNumber }) => SequenceNumber === sequence);
    const index = "after" in from ? found + 1 : found;
    return index < shard.trimmed ? "trimmed" : index;
  }

  #iterator(id: string, index: number): string {
    return `${id}/${index}/${++this.#iterators}`;
  }

  get iterators(): number {
    return this.#iterators;
  }

  #shard(wanted: string): FakeShard | undefined {
    return this.shards.find(({ id }) => id === wanted);
  }
}
