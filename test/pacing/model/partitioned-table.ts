/** What DynamoDB gives one partition, read units a second. */
const PARTITION_UNITS = 3_000;

/** A table as it throttles: each partition has its own units, and keeps what it has not used for a while. */
export class PartitionedTable {
  readonly #burstSeconds: number;
  readonly #tokens: number[];
  readonly #at: number[];
  #unitsPerSecond = PARTITION_UNITS;
  /** Requests that it has carried out, and that it has not. */
  readonly answered = { granted: 0, throttled: 0 };

  constructor(partitions: number, burstSeconds = 300) {
    this.#burstSeconds = burstSeconds;
    this.#tokens = Array.from({ length: partitions }, () => PARTITION_UNITS * burstSeconds);
    this.#at = Array.from({ length: partitions }, () => 0);
  }

  get partitions(): number {
    return this.#tokens.length;
  }

  /** From now on partitions give only this part of their units, and have nothing in reserve. */
  weaken(part: number): void {
    this.#unitsPerSecond = PARTITION_UNITS * part;
    this.#tokens.fill(0);
  }

  /** @returns whether it was carried out; if not it was throttled, and cost nothing */
  request(partition: number, units: number, at: number): boolean {
    const kept = this.#unitsPerSecond * Math.max(1, this.#burstSeconds);
    const grown = this.#tokens[partition]! + ((at - this.#at[partition]!) / 1000) * this.#unitsPerSecond;
    this.#at[partition] = at;
    this.#tokens[partition] = Math.min(grown, kept);
    if (this.#tokens[partition]! <= 0) {
      this.answered.throttled++;
      return false;
    }
    this.answered.granted++;
    this.#tokens[partition]! -= units;
    return true;
  }
}
