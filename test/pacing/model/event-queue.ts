import TinyQueue from "tinyqueue";

interface Event {
  at: number;
  /** Of two at the same time the earlier scheduled comes first. */
  order: number;
  happen(at: number): void;
}

/** What is to happen, in order of time. No real time passes. */
export class EventQueue {
  readonly #events = new TinyQueue<Event>([], (a, b) => a.at - b.at || a.order - b.order);
  #scheduled = 0;

  schedule(at: number, happen: (at: number) => void): void {
    this.#events.push({ at, order: this.#scheduled++, happen });
  }

  runUntil(time: number): void {
    for (
      let event = this.#events.peek();
      event !== undefined && event.at <= time;
      event = this.#events.peek()
    ) {
      this.#events.pop();
      event.happen(event.at);
    }
  }
}
