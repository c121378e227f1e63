import type { RequestObserver } from "../diff/source.ts";
import type { KeyAttribute, WireItem } from "../item/attribute-value.ts";
import type { StoreObserver } from "../store/object-store.ts";
import type { TransferRun } from "../transfer/run-transfer.ts";
import type { Fingerprint } from "./fingerprint.ts";

/** Takes a page of items. @param learnt the attributes that a folder's records are named by, as far as that is known by now */
export type TakeItems = (items: readonly WireItem[], learnt: readonly string[] | undefined) => void;

/** Which buckets are wanted, by hex digits of the key's id. */
export interface WantedBuckets {
  /** How many hex digits name a bucket. */
  digits: number;
  names: ReadonlySet<string>;
}

/** Where items come from that a fingerprint is made of. */
export interface ItemSource {
  readonly kind: "table" | "dump" | "file" | "folder";
  /** As the user typed it. */
  readonly name: string;
  /** Undefined where it does not say, and was not told. */
  readonly key: readonly KeyAttribute[] | undefined;
  /** 0 where unknown. */
  readonly estimate: { items: number; bytes: number; readUnits: number };
  /** Parts that are read one by one. */
  readonly segments: number;
  /** When what it holds was true, ISO 8601; undefined: while it is read. */
  readonly asOf: string | undefined;
  /** What its manifest says. */
  readonly recorded: Fingerprint | undefined;

  /** One line that whoever reads it has to know; undefined: nothing. */
  readonly warning: string | undefined;

  observe(observer: RequestObserver & StoreObserver): void;

  /**
   * Hands over every item once. Tells the run of segments and of what was read; what fails stops the run.
   * @param wanted items of other buckets need not be handed over; those that are not even read depend on the source
   */
  read(run: TransferRun, take: TakeItems, wanted?: WantedBuckets): Promise<void>;

  close(): void;
}
