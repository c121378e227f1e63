import { crc32 } from "node:zlib";
import { PARTITIONS, PartitionedSpool } from "../diff/partitioned-spool.ts";
import { DdbrError } from "../errors.ts";
import type { KeySchema, WireItem } from "../item/attribute-value.ts";
import { type Digest, digestOf } from "../item/digest.ts";
import { keyString } from "../item/key-string.ts";
import { SpoolFile } from "../spool-file.ts";
import type { SourceRecord } from "./restore-source.ts";

/** A record as a source has it; without a digest where the source says that it was deleted. */
export interface SpooledRecord {
  digest: Digest | undefined;
  /** Whether its image is one of those wanted. */
  selected: boolean;
  place: { offset: number; length: number } | undefined;
}

type Line = [key: string, selected: 0 | 1, digest?: Digest, offset?: number, length?: number];

/**
 * What a source says of each record, on disk: keys and digests in partitions by key, images in a file of their own. So a source is
 * read, and checked, once and wholly before anything is written, and memory doesn't grow with it.
 */
export class ImageSpool {
  readonly #schema: KeySchema;
  readonly #index = new PartitionedSpool();
  readonly #images = new SpoolFile();

  constructor(schema: KeySchema) {
    this.#schema = schema;
  }

  /** @throws DdbrError `file` where the disk has no room for more */
  add(record: SourceRecord, selected: boolean): void {
    const key = keyString(record.item ?? record.deleted, this.#schema);
    const line: Line = [key, selected ? 1 : 0];
    if (record.item !== undefined) {
      const offset = this.#images.append(JSON.stringify(record.item));
      if (this.#images.size > this.#images.capacity) throw noRoom(this.#images.capacity);
      line.push(digestOf(record.item), offset, this.#images.size - offset);
    }
    this.#index.add(keyPartition(key), JSON.stringify(line));
  }

  /**
   * By key string; of a record that came more than once what came last.
   * @param contradicted told where that was not always the same
   */
  partition(number: number, contradicted: (key: string) => void): Map<string, SpooledRecord> {
    const records = new Map<string, SpooledRecord>();
    for (const text of this.#index.lines(number)) {
      const [key, selected, digest, offset, length] = JSON.parse(text) as Line;
      const place = digest === undefined ? undefined : { offset: offset!, length: length! };
      const earlier = records.get(key);
      if (earlier !== undefined && earlier.digest !== digest) contradicted(key);
      records.set(key, { digest, selected: selected === 1, place });
    }
    return records;
  }

  image({ place }: SpooledRecord): WireItem | undefined {
    return place && (JSON.parse(this.#images.read(place.offset, place.length).toString()) as WireItem);
  }

  close(): void {
    this.#index.close();
    this.#images.close();
  }
}

/** A record as a table has it. */
export interface SeenRecord {
  digest: Digest;
  selected: boolean;
}

/** Keys and digests of what a table holds, on disk in the same partitions. */
export class DigestSpool {
  readonly #schema: KeySchema;
  readonly #index = new PartitionedSpool();

  constructor(schema: KeySchema) {
    this.#schema = schema;
  }

  add(item: WireItem, selected: boolean): void {
    const key = keyString(item, this.#schema);
    this.#index.add(keyPartition(key), JSON.stringify([key, selected ? 1 : 0, digestOf(item)]));
  }

  partition(number: number): Map<string, SeenRecord> {
    const records = new Map<string, SeenRecord>();
    for (const text of this.#index.lines(number)) {
      const [key, selected, digest] = JSON.parse(text) as [string, 0 | 1, Digest];
      records.set(key, { digest, selected: selected === 1 });
    }
    return records;
  }

  close(): void {
    this.#index.close();
  }
}

function keyPartition(key: string): number {
  return crc32(key) % PARTITIONS;
}

function noRoom(bytes: number): DdbrError {
  return new DdbrError(
    "file",
    `the source does not fit into ${Math.round(bytes / 1e6)} MB, half of what is free`,
    {
      subject: "temporary files",
      hint: "name a directory with more room in TMPDIR: what is restored is kept there until it is written",
    },
  );
}
