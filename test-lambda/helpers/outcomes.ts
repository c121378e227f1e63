import type { Fault } from "../../test/helpers/fault-proxy.ts";
import type { Outcome } from "./runtime-api.ts";
import type { EventRecord } from "./stream-events.ts";

/** The answer by which Lambda delivers these records again, those of the lowest number first. */
export function again(sequences: string[]): Outcome {
  const batchItemFailures = sequences.toSorted().map((itemIdentifier) => ({ itemIdentifier }));
  return { answer: { batchItemFailures } };
}

export const NOTHING_AGAIN = again([]);

/** What a function says when it fails. */
export function errorOf(outcome: Outcome): string | undefined {
  return "error" in outcome ? outcome.error.errorMessage : undefined;
}

/** The sequence numbers that are handed back. */
export function sequencesAgain(outcome: Outcome): string[] {
  const { batchItemFailures } = ("answer" in outcome ? outcome.answer : {}) as {
    batchItemFailures: { itemIdentifier: string }[];
  };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

export const sequenceOf = ({ dynamodb }: EventRecord) => dynamodb.SequenceNumber;

/** What Lambda delivers again: all from the first record on that is handed back. */
export function redelivered(outcome: Outcome, records: EventRecord[]): EventRecord[] {
  const handedBack = new Set(sequencesAgain(outcome));
  return records.slice(records.findIndex((record) => handedBack.has(sequenceOf(record))));
}

/** A function's time-out, of which it keeps a tenth for answering. */
export const DEADLINE_MS = 5_000;
/** What lasts longer than that. */
export const STALL: Fault = { kind: "delay", ms: 12 * DEADLINE_MS };

export function batchesOf<Element>(elements: Element[], size: number): Element[][] {
  const count = Math.ceil(elements.length / size);
  return Array.from({ length: count }, (_, index) => elements.slice(index * size, (index + 1) * size));
}
