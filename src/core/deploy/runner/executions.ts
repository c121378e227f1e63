import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type ExecutionStatus,
  ListExecutionsCommand,
  type ListExecutionsOutput,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { DdbrError } from "../../errors.ts";
import { answerOf } from "../aws-failure.ts";
import { type AwsPlace, awsClient } from "../aws-place.ts";
import type { RunnerInput } from "../template/runner-machine.ts";

/** A run of a state machine. */
export interface Execution {
  arn: string;
  name: string;
  status: ExecutionStatus;
  /** Of one that did not succeed, as far as it was said. */
  error: string | undefined;
  cause: string | undefined;
  /** JSON. */
  input: string;
}

/** One of many, as a list tells it. */
export interface ListedExecution {
  arn: string;
  name: string;
  status: ExecutionStatus;
  startedAt: Date;
  /** Undefined while it goes on. */
  endedAt: Date | undefined;
}

/** The slice of Step Functions that is used: one state machine's executions. */
export interface Executions {
  /** Of one of that name, whether there is one or not. */
  arnOf(name: string): string;
  /** Returns as well when there is one of that name. */
  start(name: string, input: RunnerInput, signal: AbortSignal): Promise<void>;
  /** Undefined when there is none, or not any more: after 90 days. */
  find(name: string, signal: AbortSignal): Promise<Execution | undefined>;
  describe(arn: string, signal: AbortSignal): Promise<Execution>;
  /** The latest first, as many as asked for at most; of all, or of those that stand so. */
  latest(most: number, signal: AbortSignal, status?: ExecutionStatus): Promise<ListedExecution[]>;
  /** What failed of the executions that this one has begun for the elements of its map. */
  failedChildren(arn: string, signal: AbortSignal): Promise<ListedExecution[]>;
  close(): void;
}

const MOST_OF_A_PAGE = 1000;
/** Among so many pages of failures the first of them is looked for. */
const MOST_PAGES = 10;

export async function openExecutions(place: AwsPlace, stateMachineArn: string): Promise<Executions> {
  const client = new SFNClient(await awsClient({ ...place, region: stateMachineArn.split(":")[3] }, "sfn"));
  const subject = `state machine ${stateMachineArn.split(":").at(-1)}`;
  const ask = <Answer>(operation: string, sending: Promise<Answer>, signal: AbortSignal) =>
    answerOf(sending, { service: "Step Functions", operation, subject }, signal);
  const list = (command: ListExecutionsCommand, signal: AbortSignal): Promise<ListExecutionsOutput> =>
    ask("ListExecutions", client.send(command, { abortSignal: signal }), signal);

  const arnOf = (name: string) => `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;

  async function describe(executionArn: string, signal: AbortSignal): Promise<Execution> {
    const command = new DescribeExecutionCommand({ executionArn });
    const sending = client.send(command, { abortSignal: signal });
    const { name, status, error, cause, input } = await ask("DescribeExecution", sending, signal);
    return { arn: executionArn, name: name ?? "", status: status!, error, cause, input: input ?? "" };
  }

  return {
    arnOf,
    describe,

    async start(name, input, signal) {
      const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
      try {
        await ask("StartExecution", client.send(command, { abortSignal: signal }), signal);
      } catch (error) {
        if (!(error instanceof DdbrError && error.cause instanceof ExecutionAlreadyExists)) throw error;
      }
    },

    async find(name, signal) {
      try {
        return await describe(arnOf(name), signal);
      } catch (error) {
        if (error instanceof DdbrError && error.code === "no-such-object") return undefined;
        throw error;
      }
    },

    async latest(maxResults, signal, statusFilter) {
      const command = new ListExecutionsCommand({ stateMachineArn, maxResults, statusFilter });
      const { executions = [] } = await list(command, signal);
      return executions.map(listed);
    },

    async failedChildren(executionArn, signal) {
      const command = new ListMapRunsCommand({ executionArn });
      const { mapRuns = [] } = await ask(
        "ListMapRuns",
        client.send(command, { abortSignal: signal }),
        signal,
      );
      const failed: ListedExecution[] = [];
      for (const { mapRunArn } of mapRuns) {
        let nextToken: string | undefined;
        for (let pages = 0; pages < MOST_PAGES; pages++) {
          const of = { mapRunArn, statusFilter: "FAILED", maxResults: MOST_OF_A_PAGE, nextToken } as const;
          const page = await list(new ListExecutionsCommand(of), signal);
          failed.push(...(page.executions ?? []).map(listed));
          nextToken = page.nextToken;
          if (nextToken === undefined) break;
        }
      }
      return failed;
    },

    close: () => client.destroy(),
  };
}

function listed({
  executionArn,
  name,
  status,
  startDate,
  stopDate,
}: NonNullable<ListExecutionsOutput["executions"]>[number]): ListedExecution {
  return { arn: executionArn!, name: name!, status: status!, startedAt: startDate!, endedAt: stopDate };
}
