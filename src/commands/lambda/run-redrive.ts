import type { AwsPlace } from "../../core/deploy/aws-place.ts";
import { type FailureQueue, openFailureQueue } from "../../core/deploy/failure-queue.ts";
import { type DeployedFunction, describeFunction } from "../../core/deploy/function-client.ts";
import { type DeployedTarget, targetOf } from "../../core/deploy/redrive/deployed-target.ts";
import { type FailedBatch, primaryOf } from "../../core/deploy/redrive/failed-batch.ts";
import { findLoggedKeys } from "../../core/deploy/redrive/logged-keys.ts";
import { type Mender, openMender } from "../../core/deploy/redrive/mend-records.ts";
import { redriveQueue } from "../../core/deploy/redrive/redrive-queue.ts";
import { DdbrError, EXIT } from "../../core/errors.ts";
import { openStreamSource, type StreamSource } from "../../core/follow/stream-source.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { openTable } from "../../core/table/table.ts";
import { accessOption } from "../options/access.ts";
import { patienceOption } from "../options/store-access.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { type NamedStackWords, parseNamedStack } from "./named-stack.ts";
import { createRedriveReport } from "./redrive-report.ts";

export interface RedriveWords extends NamedStackWords {
  dryRun: boolean;
  dropLost: boolean;
  targetProfile?: string | undefined;
  targetRoleArn?: string | undefined;
  targetExternalId?: string | undefined;
  patience?: string | undefined;
}

/** Mends what waits in a function's failure queue; returns the exit code. */
export async function runRedrive(words: RedriveWords, mode: OutputMode): Promise<number> {
  const { name, place } = parseNamedStack(words);
  const { dryRun, dropLost } = words;
  const own = accessOption("--target-", words.targetProfile, words.targetRoleArn, words.targetExternalId);
  const access = Object.keys(own).length > 0 ? own : place.access;
  const patienceMs = patienceOption(words.patience);
  return await stoppable(async (signal) => {
    const { fn, queue } = await openQueueOf(place, name, signal);
    const opened = new Opened(fn, place.access, access, patienceMs, signal);
    try {
      const { kept } = await redriveQueue({
        queue,
        stream: (batch) => opened.stream(batch),
        mender: (batch) => opened.mender(batch),
        keys: (batch) => findLoggedKeys(place, fn.log, batch, signal),
        dryRun,
        dropLost,
        signal,
        report: createRedriveReport(name, mode, (table) => wholeRepair(fn, table)),
      });
      return kept === 0 ? EXIT.ok : EXIT.discrepancies;
    } finally {
      queue.close();
      await opened.close();
    }
  });
}

async function openQueueOf(
  place: AwsPlace,
  name: string,
  signal: AbortSignal,
): Promise<{ fn: DeployedFunction; queue: FailureQueue }> {
  const { fn, sources } = await describeFunction(place, name, signal);
  const arn = sources.find(({ failureDestination }) => failureDestination)?.failureDestination;
  const queue = arn === undefined ? undefined : await openFailureQueue(place, arn, signal);
  if (queue !== undefined) return { fn, queue };
  throw new DdbrError("usage", "has no failure queue in SQS", {
    subject: `function ${name}`,
    hint: "name a replicator or a backup of lambda deploy",
  });
}

/** The command that mends a whole table. @param table its ARN */
function wholeRepair(fn: DeployedFunction, table: string): string {
  const primary = primaryOf(`${table}/stream/any`);
  const target = targetOf(fn, primary.name);
  if (target.kind === "replica") return `ddbr diff-tables ${primary.text} ${target.location.text} --repair`;
  return `ddbr incremental-diff ${primary.text} ${target.place.text} --repair`;
}

/** Streams and targets that messages are about: mostly one of each. */
class Opened {
  readonly #streams = new Map<string, Promise<StreamSource>>();
  readonly #menders = new Map<string, Promise<Mender>>();

  constructor(
    readonly fn: DeployedFunction,
    readonly access: AccessOptions,
    readonly targetAccess: AccessOptions,
    readonly patienceMs: number,
    readonly signal: AbortSignal,
  ) {}

  stream({ streamArn }: FailedBatch): Promise<StreamSource> {
    const { access, patienceMs } = this;
    return remembered(this.#streams, streamArn, () =>
      openStreamSource(primaryOf(streamArn), streamArn, { access, patienceMs }),
    );
  }

  mender({ streamArn }: FailedBatch): Promise<Mender> {
    return remembered(this.#menders, streamArn, async () => {
      const { fn, access, targetAccess, patienceMs, signal } = this;
      const location = primaryOf(streamArn);
      const target: DeployedTarget = targetOf(fn, location.name);
      const primary = await openTable(location, { label: "primary", access, patienceMs, signal });
      const mender = await openMender({ primary, target, access: targetAccess, patienceMs, signal });
      return {
        ...mender,
        close() {
          mender.close();
          primary.close();
        },
      };
    });
  }

  async close(): Promise<void> {
    for (const opening of [...this.#streams.values(), ...this.#menders.values()]) {
      await opening.then((one) => one.close()).catch(() => {});
    }
  }
}

function remembered<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  open: () => Promise<Value>,
): Promise<Value> {
  const found = known.get(key) ?? open();
  known.set(key, found);
  return found;
}
