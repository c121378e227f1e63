import type { WireItem } from "../item/attribute-value.ts";
import { EVENT_NAME, EVENT_TIME, SEQUENCE } from "../store/metadata-names.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { createDice } from "./dice.ts";
import { type Order, order } from "./order.ts";
import { NOTES, PLACES, STATUSES } from "./vocabulary.ts";

/** What happened to an order once: what it was afterwards, or undefined when it was deleted. */
export interface OrderEvent {
  /** Milliseconds since 1970. */
  at: number;
  image: WireItem | undefined;
}

const MINUTE = 60_000;
const FIRST_SEQUENCE = 4_217_000_000_000_012_345_678n;

type Edit = (order: Order) => Order;

/**
 * A long day of one order, oldest first: paid, packed, changed by hand, deleted by mistake and entered again, with several
 * events in the same second. The last image is the one that the table has.
 * @param until when the last of it happened, milliseconds since 1970
 */
export function orderStory(seed: number, index: number, orders: number, until: number): OrderEvent[] {
  const dice = createDice(seed + index);
  const last = order(seed, index, orders);
  const edits: Edit[] = [
    (item) => ({ ...item, status: { S: dice.pick(STATUSES) } }),
    (item) => ({ ...item, note: { S: dice.pick(NOTES) } }),
    (item) => ({ ...item, total: { N: `${dice.between(500, 90_000) / 100}` } }),
    (item) => ({ ...item, address: { M: { ...item.address.M, city: { S: dice.pick(PLACES).city } } } }),
    (item) => ({ ...item, points: { N: `${dice.between(1, 900)}` } }),
  ];
  const events: OrderEvent[] = [];
  let at = until;
  let image: Order = last;
  let gone = false;
  // Backwards from what there is now, so that the story ends with it.
  for (let step = 0; step < EVENTS; step++) {
    events.push({ at, image: gone ? undefined : image });
    at -= dice.chance(0.25) ? dice.between(40, 400) : dice.between(MINUTE, 25 * MINUTE);
    gone = !gone && step > 4 && step < EVENTS - 2 && dice.chance(0.06);
    if (!gone) for (let count = dice.between(1, 2); count > 0; count--) image = dice.pick(edits)(image);
  }
  return events.reverse();
}

const EVENTS = 90;

/** Writes a story as a backup function would have: each image in order, with what is recorded of its event. */
export async function writeStory(
  store: ObjectStore,
  name: string,
  story: readonly OrderEvent[],
  signal: AbortSignal,
): Promise<void> {
  let before: WireItem | undefined;
  for (const [index, { at, image }] of story.entries()) {
    signal.throwIfAborted();
    const metadata = {
      [EVENT_TIME]: new Date(at).toISOString(),
      [EVENT_NAME]: image === undefined ? "REMOVE" : before === undefined ? "INSERT" : "MODIFY",
      [SEQUENCE]: `${FIRST_SEQUENCE + BigInt(index) * 17n}`,
    };
    if (image === undefined) await store.delete(name, { metadata });
    else await store.put(name, JSON.stringify(image), { metadata });
    before = image;
  }
}
