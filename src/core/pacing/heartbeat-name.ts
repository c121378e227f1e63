import type { Heartbeat, MeterBeat } from "./heartbeat.ts";

/** Thousandths of a unit: answers tell halves and, of transactions and indexes, finer parts. */
const FRACTION = 1_000;
const UNLIMITED = "x";
const WORKER = /^[a-z0-9-]{1,48}$/;
const NUMBER = /^[0-9a-z]{1,11}$/;
const METER = /^([a-z0-9-]{1,16})\.([0-9a-z]{1,11})\.(x|[0-9a-z]{1,11})\.([01])$/;
const MOST_METERS = 4;

/**
 * A heartbeat as the name of an object or a file, so that one listing reads the heartbeats of a thousand workers:
 * `<worker>_<sequence>_<left>_<charged>_<meter>.<consumed>.<wanted>.<throttled>…`, numbers to the base of 36.
 * Letters, digits, `-`, `_` and `.` only, less than 255 of them.
 */
export function heartbeatName({ worker, sequence, left, charged, meters }: Heartbeat): string {
  const texts = Object.entries(meters).map(
    ([name, { consumed, wanted, throttled }]) =>
      `${name}.${fractions(consumed)}.${wanted === Number.POSITIVE_INFINITY ? UNLIMITED : fractions(wanted)}.${flag(throttled)}`,
  );
  return [worker, whole(sequence), flag(left), whole(charged), ...texts].join("_");
}

/** Undefined for a name that is none of ours. */
export function parseHeartbeatName(name: string): Heartbeat | undefined {
  const [worker = "", sequence, left, charged, ...texts] = name.split("_");
  const counts = [sequence, charged].map(numberIn);
  if (!WORKER.test(worker) || !/^[01]$/.test(left ?? "") || texts.length > MOST_METERS) return undefined;
  const meters: Record<string, MeterBeat> = {};
  for (const text of texts) {
    const [, meter, consumed, wanted, throttled] = METER.exec(text) ?? [];
    const units = numberIn(consumed);
    const rate = wanted === UNLIMITED ? Number.POSITIVE_INFINITY : numberIn(wanted);
    if (meter === undefined || units === undefined || rate === undefined) return undefined;
    meters[meter] = { consumed: units / FRACTION, wanted: rate / FRACTION, throttled: throttled === "1" };
  }
  const [count, spent] = counts;
  if (count === undefined || spent === undefined) return undefined;
  return { worker, sequence: count, left: left === "1", charged: spent, meters };
}

function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || !NUMBER.test(text)) return undefined;
  const value = Number.parseInt(text, 36);
  return Number.isSafeInteger(value) ? value : undefined;
}

function fractions(units: number): string {
  return whole(Math.round(units * FRACTION));
}

function whole(value: number): string {
  return value.toString(36);
}

function flag(value: boolean): string {
  return value ? "1" : "0";
}
