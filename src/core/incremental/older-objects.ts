import { PARTITIONS, PartitionedSpool, partitionOf } from "../diff/partitioned-spool.ts";
import type { WireItem } from "../item/attribute-value.ts";
import type { HeldObject } from "./folder-at.ts";
import { LearntKey } from "./learnt-key.ts";

/** An object under an older name, put aside until it is known whether the record is there under its own name. */
interface PutAside extends HeldObject {
  own: string;
  rank: number;
}

/**
 * Sees to it that a record which a folder holds under an older name and under its own is folded once, by its own. What came under
 * its own name is known only at the end. Names are on disk till then, so memory doesn't grow with the folder.
 */
export class OlderObjects {
  /** Objects left out so far. */
  duplicates = 0;
  readonly #key = new LearntKey();
  readonly #own = new PartitionedSpool();
  readonly #aside = new PartitionedSpool();

  /** The attributes that the records are named by, as far as they are known. */
  get key(): readonly string[] | undefined {
    return this.#key.attributes;
  }

  /** Whether the record has to wait for the end; if not, it has to be folded now. */
  putAside(object: HeldObject, item: WireItem): boolean {
    const known = this.#key.known(object.key, item);
    if (known === undefined) return false;
    const { own, rank } = known;
    if (rank === 0) this.#own.add(partitionOf(own), own);
    else this.#aside.add(partitionOf(own), JSON.stringify({ ...object, own, rank } satisfies PutAside));
    return rank > 0;
  }

  /** For each record that did not come under its own name its objects, the one that counts first. */
  *remaining(): Generator<HeldObject[]> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const aside = this.#aside.lines(partition).map((line): PutAside => JSON.parse(line));
      if (aside.length === 0) continue;
      const own = new Set(this.#own.lines(partition));
      for (const [name, objects] of Map.groupBy(aside, (object) => object.own)) {
        if (own.has(name)) this.duplicates += objects.length;
        else yield objects.sort((a, b) => a.rank - b.rank);
      }
    }
  }

  close(): void {
    this.#own.close();
    this.#aside.close();
  }
}
