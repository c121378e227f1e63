import type { AwsPlace } from "../../core/deploy/aws-place.ts";
import { readSources } from "../../core/deploy/function-status.ts";
import { openExecutions } from "../../core/deploy/runner/executions.ts";
import { openStacks, type Stack } from "../../core/deploy/stack-client.ts";
import { kindOfStack, type StackKind } from "../../core/deploy/template/templates.ts";
import { DdbrError, EXIT } from "../../core/errors.ts";
import { plural } from "../output/figures.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { confirm, refuseUnasked } from "./confirm.ts";
import { createDeployReport } from "./deploy-report.ts";
import { type NamedStackWords, parseNamedStack } from "./named-stack.ts";
import { runStack } from "./run-stack.ts";

/** Deletes a stack; returns the exit code. */
export async function runRemove(
  words: NamedStackWords & { yes: boolean; discardFailures: boolean },
  mode: OutputMode,
): Promise<number> {
  const { name, place } = parseNamedStack(words);
  refuseUnasked(words);
  const client = await openStacks(place);
  try {
    const subject = `stack ${name}`;
    const stack = await stoppable((signal) => client.find(name, signal));
    if (stack === undefined) {
      throw new DdbrError("no-such-object", "there is none", {
        subject,
        hint: "check the name and the region",
      });
    }
    const kind = kindOfStack(stack.parameters);
    if (kind === undefined) {
      throw new DdbrError("usage", "was not deployed by ddbr", {
        subject,
        hint: "delete it with CloudFormation",
      });
    }
    const waiting = await stoppable((signal) => failuresOf(place, name, signal));
    if (waiting > 0 && !words.discardFailures) {
      throw new DdbrError("usage", `${plural(waiting, "message")} in its failure queue would be lost`, {
        subject,
        hint: `mend the records first: ddbr lambda redrive ${name}; or give --discard-failures`,
      });
    }
    if (kind === "runner") await stoppable((signal) => refuseRunning(place, stack, signal));
    const question = `Delete the stack ${name} in ${client.region}?`;
    await confirm([`${kind}: ${describe(stack.parameters, kind)}`], question, words.yes);
    const report = createDeployReport("lambda remove", name, mode);
    const summary = await runStack({
      client,
      stack: name,
      wanted: "gone",
      title: "ddbr lambda remove",
      mode,
      report,
      begin: (signal) => client.delete(name, signal),
    });
    const left = { type: "left", what: LEFT[kind](stack.parameters) } as const;
    if (summary.outcome === "done") report(left);
    report({ type: "finished", summary });
    return summary.outcome === "done" ? EXIT.ok : EXIT.failure;
  } finally {
    client.close();
  }
}

/** @throws DdbrError `usage` while runs are under way */
async function refuseRunning(place: AwsPlace, { name, outputs }: Stack, signal: AbortSignal): Promise<void> {
  const { StateMachineArn: arn } = outputs;
  if (arn === undefined) return;
  const executions = await openExecutions(place, arn);
  try {
    const [running] = await executions.latest(1, signal, "RUNNING");
    if (running === undefined) return;
    throw new DdbrError("usage", `the run ${running.name} is under way`, {
      subject: `stack ${name}`,
      hint: `wait for its end, or stop it: aws stepfunctions stop-execution --execution-arn ${running.arn}`,
    });
  } finally {
    executions.close();
  }
}

/** Of a stack that was never whole there is nothing to lose. */
async function failuresOf(place: AwsPlace, name: string, signal: AbortSignal): Promise<number> {
  try {
    const { sources } = await readSources(place, name, signal);
    return sources.reduce((sum, { failures }) => {
      return typeof failures === "object" ? sum + failures.waiting + failures.inFlight : sum;
    }, 0);
  } catch (error) {
    if (error instanceof DdbrError && error.code === "no-such-object") return 0;
    throw error;
  }
}

type Parameters = Record<string, string>;

function describe(parameters: Parameters, kind: StackKind): string {
  const { StreamArn = "", ReplicaTable, BackupBucket, BackupPrefix, BackupTable } = parameters;
  const from = StreamArn.replace(/\/stream\/.*$/, "");
  if (kind === "replicator") return `${from} to ${ReplicaTable}`;
  if (kind === "backup")
    return `${from} to s3://${[BackupBucket, BackupPrefix, BackupTable].filter(Boolean).join("/")}`;
  if (kind === "runner") return `runs below s3://${parameters.StateBucket}/${parameters.StatePrefix}`;
  return `s3://${parameters.SourceBucket}/${parameters.SourcePrefix}, ${parameters.Schedule}`;
}

const LEFT: Readonly<Record<StackKind, (parameters: Parameters) => string>> = {
  replicator: () => "both tables, the primary's stream, and the code's bucket",
  backup: ({ BackupBucket }) => `the table, its stream, the bucket ${BackupBucket}, and the code's bucket`,
  snapshot: ({ SourceBucket, DestinationBucket }) =>
    `the buckets ${[...new Set([SourceBucket, DestinationBucket])].join(" and ")}, and the code's bucket`,
  runner: ({ StateBucket, StatePrefix }) =>
    `the runs' state below s3://${StateBucket}/${StatePrefix}, what they worked on, and the code's bucket`,
};
