import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCheckpointFile } from "../../src/core/follow/checkpoint-file.ts";
import type { FollowEvent, FollowSummary } from "../../src/core/follow/follow-events.ts";
import type { FollowOptions } from "../../src/core/follow/follow-options.ts";
import { followStream } from "../../src/core/follow/follow-stream.ts";
import type { StreamRecord } from "../../src/core/stream/stream-record.ts";
import type { Replayed, StreamTarget } from "../../src/core/stream/stream-target.ts";
import type { FakeStream } from "./fake-stream.ts";

/** What was written, `key=value`, in order. */
export interface FakeTarget extends StreamTarget {
  written: string[];
}

/** @param replay decides on a record: it fails with what that throws */
export function fakeTarget(replay: (record: StreamRecord) => unknown = () => {}): FakeTarget {
  const written: string[] = [];
  return {
    written,
    async replay(records, _signal, wrote) {
      const replayed: Replayed = { superseded: [], failed: [], left: [] };
      const stuck = new Set<string>();
      for (const record of records) {
        try {
          if (stuck.has(record.id)) throw replayed.failed.find((one) => one.record.id === record.id)!.error;
          await replay(record);
          written.push(textOf(record));
          wrote?.(record);
        } catch (error) {
          stuck.add(record.id);
          replayed.failed.push({ record, error: error as never });
        }
      }
      return replayed;
    },
    settled: async () => {},
    close() {},
  };
}

function textOf({ key, image }: StreamRecord): string {
  return `${(key.id as { S: string }).S}=${(image?.v as { N: string } | undefined)?.N ?? "deleted"}`;
}

export interface InProcessRun {
  summary: Promise<FollowSummary>;
  events: FollowEvent[];
  stop(): void;
}

export const FOLLOWED = { stream: "arn:aws:…:table/orders/stream/1", createdAt: 1, target: "orders in eu" };

const folders: string[] = [];

export function newCheckpoint(): string {
  const folder = mkdtempSync(join(tmpdir(), "ddbr-follow-"));
  folders.push(folder);
  return join(folder, "run.json");
}

export function dropCheckpoints(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

export function positionsIn(path: string): Record<string, { state: string; after?: string }> {
  return JSON.parse(readFileSync(path, "utf8")).shards;
}

/** Follows a fake stream; until it has caught up, unless told otherwise. */
export async function follow(
  source: FakeStream,
  target: StreamTarget,
  checkpoint: string,
  more: Partial<FollowOptions> = {},
): Promise<InProcessRun> {
  const file = await openCheckpointFile(checkpoint);
  const stop = new AbortController();
  const events: FollowEvent[] = [];
  const summary = followStream(
    {
      source,
      target,
      kind: "replica",
      primary: "us/orders",
      targetName: "eu/orders",
      followed: FOLLOWED,
      file,
      start: "trim-horizon",
      untilCaughtUp: true,
      concurrency: 4,
      patienceMs: 50,
      betweenReadsMs: 5,
      ...more,
    },
    { signal: stop.signal, report: (event) => events.push(event) },
  ).finally(() => file.close());
  return { summary, events, stop: () => stop.abort(new Error("stopped")) };
}
