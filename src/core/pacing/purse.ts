import { DdbrError } from "../errors.ts";
import { dollars } from "../restore/prices.ts";
import type { Sight } from "./roster.ts";

/** Heartbeats tell money in billionths of a dollar: a read unit costs some hundreds of them. */
const PER_DOLLAR = 1e9;
/** Kept back for requests that cost more than they were expected to. */
const KEPT_BACK = 0.01;
/** When no more than this is left, nothing new is to be begun: what is under way needs the rest to come to an end. */
const ENDING_AT = 0.05;
/** When no more than this is left, nothing at all is paid any more: the rest would come in ever smaller parts. */
const ENDS_AT = 0.02;
/** Of what is left all together set aside no more than this at a time: that they don't know of each other's last heartbeats does no harm. */
const SET_ASIDE = 0.25;
/** What a worker has set aside is lost when it dies: it is this many times what it has spent between two heartbeats. */
const AHEAD = 2;
/** And this part of what is left for it, where it has not spent anything yet. */
const FIRST_PART = 0.01;

/**
 * One worker's part in the budget of a whole run. It spends nothing but what it has set aside and told the others before, so the
 * run ends before the budget is exceeded, whoever dies and whatever comes late. Money is in billionths of a dollar.
 */
export class Purse {
  readonly #budget: number;
  #spent = 0;
  #spentBefore = 0;
  #charged = 0;
  #granted = 0;
  /** The dearest request that there was not enough for. */
  #lacking = 0;
  #left = Number.POSITIVE_INFINITY;
  #hasBegun = false;

  /** @param budget US dollars of the whole run; undefined for no budget */
  constructor(budget: number | undefined) {
    this.#budget = budget === undefined ? Number.POSITIVE_INFINITY : budget * PER_DOLLAR;
  }

  /**
   * Books what a request is expected to cost. @returns whether there is enough set aside; if not, there may be soon
   * @throws DdbrError `interrupted` when the run's budget is spent
   */
  pay(amount: number): boolean {
    if (this.#budget === Number.POSITIVE_INFINITY || this.#spent + amount <= this.#granted) {
      this.#spent += amount;
      this.#hasBegun = true;
      return true;
    }
    if (this.#left <= this.#budget * (this.#hasBegun ? ENDS_AT : ENDING_AT)) {
      throw budgetSpent(this.#budget / PER_DOLLAR);
    }
    this.#lacking = Math.max(this.#lacking, amount);
    return false;
  }

  /** Why nothing new is to be begun any more; undefined as long as there is enough. */
  get ending(): DdbrError | undefined {
    const isEnding = this.#left <= this.#budget * ENDING_AT && this.#left < Number.POSITIVE_INFINITY;
    return isEnding ? budgetSpent(this.#budget / PER_DOLLAR) : undefined;
  }

  /** Takes back, or adds, what a request was not expected to cost. */
  settle(booked: number, cost: number): void {
    this.#spent += cost - booked;
  }

  /** What an earlier worker of the same name has charged is gone, whether it was spent or not. */
  inherit(charged: number): void {
    this.#spent += charged;
    this.#spentBefore += charged;
  }

  /** What the others are told: spent and set aside. @param sight undefined as long as not all others are known */
  charge(sight: Sight | undefined): number {
    if (sight !== undefined) this.#setAside(sight);
    this.#spentBefore = this.#spent;
    this.#charged = Math.max(this.#charged, Math.ceil(this.#spent));
    return this.#charged;
  }

  /** The others know of this charge now: what is set aside in it may be spent. */
  grant(charged: number): void {
    this.#granted = charged;
  }

  /** What was spent; the rest of what was set aside is given back. */
  close(): number {
    return Math.ceil(this.#spent);
  }

  #setAside({ alive, charged }: Sight): void {
    if (this.#budget === Number.POSITIVE_INFINITY) return;
    const workers = alive + 1;
    this.#left = this.#budget - charged - this.#charged;
    const most = (Math.max(0, this.#left - this.#budget * KEPT_BACK) * SET_ASIDE) / workers;
    const recent = this.#spent - this.#spentBefore;
    const useful = Math.max(recent * AHEAD, this.#lacking * AHEAD, (this.#left * FIRST_PART) / workers);
    this.#charged = Math.max(this.#charged, Math.floor(Math.min(this.#spent + useful, this.#charged + most)));
    this.#lacking = 0;
  }
}

/** Billionths of a dollar. @param price US dollars for a million units */
export function costOf(units: number, price: number): number {
  return (units * price * PER_DOLLAR) / 1_000_000;
}

function budgetSpent(budget: number): DdbrError {
  return new DdbrError("interrupted", `the run's budget of ${dollars(budget)} is spent`, {
    hint: "run it again with a higher --max-cost",
  });
}
