import type { FailureQueue, QueueMessage } from "../../src/core/deploy/failure-queue.ts";

export interface MemoryQueue extends FailureQueue {
  /** Bodies of the messages that are there, whoever has received them. */
  bodies(): string[];
  /** How many of them are hidden. */
  hidden(): number;
}

/** A queue as SQS is: what was received is hidden, until it is deleted or released. */
export function memoryQueue(bodies: string[]): MemoryQueue {
  const messages = bodies.map((body, at) => ({ id: `m${at}`, receipt: `r${at}`, body, hidden: false }));
  const at = ({ id }: QueueMessage) => messages.findIndex((message) => message.id === id);
  return {
    async depth() {
      const inFlight = messages.filter(({ hidden }) => hidden).length;
      return { waiting: messages.length - inFlight, inFlight };
    },
    async receive() {
      const received = messages.filter(({ hidden }) => !hidden).slice(0, 3);
      for (const message of received) message.hidden = true;
      return received.map(({ id, receipt, body }) => ({ id, receipt, body }));
    },
    async delete(message) {
      messages.splice(at(message), 1);
    },
    async release(message) {
      messages[at(message)]!.hidden = false;
    },
    close() {},
    bodies: () => messages.map(({ body }) => body),
    hidden: () => messages.filter(({ hidden }) => hidden).length,
  };
}
