import { setTimeout as sleep } from "node:timers/promises";
import { DdbrError } from "../errors.ts";
import type { Stack, StackClient, StackEvent } from "./stack-client.ts";

/** What a change of a stack came to. */
export interface StackOutcome {
  done: boolean;
  /** As it is now; undefined when it is gone. */
  stack: Stack | undefined;
  /** Why it failed, if it did: what failed first, by itself. */
  cause: StackEvent | undefined;
}

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 3_000;

/** How a stack is to end: made or changed, or deleted. */
export type WantedEnd = "there" | "gone";

/** The type that the stack itself has in its events. */
const STACK = "AWS::CloudFormation::Stack";

/** What fails because something else did. */
const CANCELLED = /^Resource (creation|update|deletion) cancelled/i;

/**
 * Begins a change of a stack and follows it to its end.
 * @param stack its id, by which it is found also when it is gone
 * @param report told of each event once, in order
 */
export async function followStack(
  client: StackClient,
  stack: string,
  wanted: WantedEnd,
  begin: () => Promise<void>,
  report: (event: StackEvent) => void,
  signal: AbortSignal,
): Promise<StackOutcome> {
  const known = new Set<string>();
  const isKnown = ({ id }: StackEvent) => known.has(id);
  const fresh = async (enough: (page: StackEvent[]) => boolean) => {
    const events = await client.events(stack, enough, signal);
    const last = events.findIndex(isKnown);
    // They come newest first.
    const news = (last < 0 ? events : events.slice(0, last)).reverse();
    for (const { id } of news) known.add(id);
    return news;
  };
  // Of what happened before, the latest tells what is new afterwards.
  await fresh(() => true);
  await begin();
  const seen: StackEvent[] = [];
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    // First how it stands, then what happened: else the last events might be missed.
    const found = await client.find(stack, signal);
    for (const event of await fresh((page) => page.some(isKnown)).catch(noneWhenGone(found))) {
      seen.push(event);
      report(event);
    }
    // Just begun, it may still look as it did before.
    const hasEnded = seen.some(({ type, status }) => type === STACK && isEnd(status));
    if (found === undefined || (hasEnded && isEnd(found.status))) return outcomeOf(found, wanted, seen);
    await sleep(pause, undefined, { signal });
  }
}

function noneWhenGone(stack: Stack | undefined) {
  return (error: unknown): StackEvent[] => {
    if (stack === undefined && error instanceof DdbrError && error.code === "service-refused") return [];
    throw error;
  };
}

function isEnd(status: string): boolean {
  return !status.endsWith("_IN_PROGRESS");
}

const GOOD = /^(CREATE|UPDATE)_COMPLETE$/;

function outcomeOf(stack: Stack | undefined, wanted: WantedEnd, seen: StackEvent[]): StackOutcome {
  const gone = stack === undefined || stack.status === "DELETE_COMPLETE";
  const failed = seen.filter(({ status }) => status.endsWith("_FAILED"));
  const cause = failed.find(({ reason }) => !CANCELLED.test(reason ?? "")) ?? failed[0];
  // What could not be made is deleted: gone, but not done.
  const done = wanted === "gone" ? gone : !gone && GOOD.test(stack.status);
  return { done, stack: gone ? undefined : stack, cause: done ? undefined : cause };
}
