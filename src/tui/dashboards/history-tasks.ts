import { DdbrError, describeError } from "../../core/errors.ts";
import type { HistoryImage } from "../../core/history/record-history.ts";
import type { WireItem } from "../../core/item/attribute-value.ts";
import { byteCount } from "../format/numbers.ts";
import { copySequence } from "../state/history/clipboard.ts";
import { momentOf } from "../state/history/comparison.ts";
import { currentAt } from "../state/history/current-at.ts";
import { momentText, parseMoment } from "../state/history/moment.ts";
import type { BrowsedHistory, HistorySession, Message } from "./history-session.ts";

type Work = (signal: AbortSignal) => Promise<Message>;

/** What is done with versions on request, one thing at a time, while browsing goes on. */
export class HistoryTasks {
  readonly #session: HistorySession;
  readonly #writeFile: BrowsedHistory["writeFile"];
  #task: { label: string; controller: AbortController } | undefined;

  constructor(session: HistorySession, writeFile: BrowsedHistory["writeFile"]) {
    this.#session = session;
    this.#writeFile = writeFile;
  }

  get progress(): string | undefined {
    return this.#task && `${this.#task.label}  Esc stops`;
  }

  /** False when nothing goes on. */
  stop(): boolean {
    this.#task?.controller.abort();
    return this.#task !== undefined;
  }

  copy(form: "wire" | "human"): void {
    this.#withItem("copying", async (item) => {
      const copied = copySequence(item, form);
      if (copied === undefined) return { text: "too large to copy: w writes it to a file", tone: "warn" };
      this.#session.terminal?.write(copied.sequence);
      const what = `${form === "wire" ? "in wire form" : "as shown"}, ${byteCount(copied.bytes)}`;
      return { text: `copied ${what}, if this terminal lets programs copy (OSC 52)`, tone: "good" };
    });
  }

  write(): void {
    this.#withItem("writing", async (item, version) => {
      const writing = this.#writeFile(this.#session.timeline.listed(version), item);
      return { text: `written to ${await this.#session.mustEnd(writing)}`, tone: "good" };
    });
  }

  /** Goes to the version that was current at a moment. */
  goToMoment(typed: string): void {
    const { timeline, view } = this.#session;
    const moment = parseMoment(typed, timeline.time(view.selected).at);
    if (moment === undefined) {
      const forms = "2026-11-23, 2026-11-23 14:03:22.114 or 14:03, in UTC";
      this.#session.say(`"${typed}" is no time: ${forms}`, "warn");
      return;
    }
    const when = momentText(moment, moment % 1000 !== 0);
    this.#run(`looking for ${when}`, (signal) => this.#goTo(moment, when, signal));
  }

  async #goTo(moment: number, when: string, signal: AbortSignal): Promise<Message> {
    const { timeline, reader } = this.#session;
    const found = await currentAt(timeline, moment, (version) => reader.read(version, signal));
    const version = found ?? timeline.versionAt(timeline.count - 1)!;
    this.#session.goTo(version);
    const since = momentOf(version, timeline);
    if (found === undefined)
      return { text: `nothing is kept from ${when} UTC: the oldest is shown`, tone: "warn" };
    const was = timeline.listed(version).deleted ? "the record was deleted" : "this was current";
    return { text: `at ${when} UTC ${was}, since ${since}`, tone: "good" };
  }

  /** Does something with the selected version's item, once it is read. */
  #withItem(label: string, work: (item: WireItem, version: number) => Promise<Message>): void {
    const version = this.#session.view.selected;
    this.#run(label, async (signal) =>
      work(itemOf(await this.#session.reader.read(version, signal)), version),
    );
  }

  #run(label: string, work: Work): void {
    if (this.#task) {
      this.#session.say(`${this.#task.label}: wait for its end, or stop it with Esc`, "warn");
      return;
    }
    const { signal } = this.#begin(label);
    void work(signal)
      .catch(
        (error): Message =>
          signal.aborted ? { text: "stopped" } : { text: describeError(error), tone: "bad" },
      )
      .then((message) => {
        this.#task = undefined;
        this.#session.say(message.text, message.tone);
      });
  }

  #begin(label: string): AbortController {
    const controller = new AbortController();
    this.#task = { label, controller };
    this.#session.message = undefined;
    return controller;
  }
}

/** Throws where there is none. */
export function itemOf({ item, problem }: HistoryImage): WireItem {
  if (item !== undefined) return item;
  throw new DdbrError("no-such-object", `this version has no item: ${problem ?? "it is a deletion"}`);
}
