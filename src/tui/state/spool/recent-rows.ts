/** Keeps the values used last; older ones are made again when needed. */
export class RecentRows<Value> {
  readonly #values = new Map<number, Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(row: number): Value | undefined {
    const value = this.#values.get(row);
    if (value !== undefined) this.set(row, value);
    return value;
  }

  set(row: number, value: Value): void {
    this.#values.delete(row);
    this.#values.set(row, value);
    if (this.#values.size <= this.#limit) return;
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      return;
    }
  }

  delete(row: number): void {
    this.#values.delete(row);
  }
}
