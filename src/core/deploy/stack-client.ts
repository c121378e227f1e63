import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetOutput,
  DescribeStackEventsCommand,
  type DescribeStackEventsOutput,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from "@aws-sdk/client-cloudformation";
import { answerOf, notThat } from "./aws-failure.ts";
import { type AwsPlace, awsClient, regionOf } from "./aws-place.ts";
import {
  changeOf,
  eventOf,
  type Stack,
  type StackChange,
  type StackEvent,
  stackOf,
} from "./stack-answers.ts";

export type { Stack, StackChange, StackEvent } from "./stack-answers.ts";

export interface ChangeSetInput {
  stack: string;
  type: "CREATE" | "UPDATE";
  template: string;
  parameters: Record<string, string>;
}

export interface ChangeSet {
  status: string;
  reason: string | undefined;
  changes: StackChange[];
}

/** The slice of CloudFormation that is used. */
export interface StackClient {
  /** Where stacks are. */
  readonly region: string;
  /** @param stack a name, or the id, by which deleted ones are found too */
  find(stack: string, signal: AbortSignal): Promise<Stack | undefined>;
  /** @returns the change set's id */
  createChangeSet(input: ChangeSetInput, signal: AbortSignal): Promise<string>;
  changeSet(id: string, stack: string, signal: AbortSignal): Promise<ChangeSet>;
  deleteChangeSet(id: string, stack: string, signal: AbortSignal): Promise<void>;
  execute(id: string, stack: string, signal: AbortSignal): Promise<void>;
  delete(stack: string, signal: AbortSignal): Promise<void>;
  /** What happened, newest first, as far as `enough` says of a page. */
  events(stack: string, enough: (page: StackEvent[]) => boolean, signal: AbortSignal): Promise<StackEvent[]>;
  close(): void;
}

export async function openStacks(place: AwsPlace): Promise<StackClient> {
  const client = new CloudFormationClient(await awsClient(place, "cloudformation"));
  const ask = <Answer>(operation: string, stack: string, sending: Promise<Answer>, signal: AbortSignal) =>
    answerOf(sending, { service: "CloudFormation", operation, subject: `stack ${stack}` }, signal);

  const region = await regionOf(client);
  return {
    region,

    async find(stack, signal) {
      try {
        const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }), {
          abortSignal: signal,
        });
        // Asked by name it answers with one, or refuses.
        if (Stacks?.[0] === undefined)
          throw notThat({ service: "CloudFormation", subject: `stack ${stack}` });
        return stackOf(Stacks[0]);
      } catch (error) {
        if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
        return await ask("DescribeStacks", stack, Promise.reject(error), signal);
      }
    },

    async createChangeSet({ stack, type, template, parameters }, abortSignal) {
      const command = new CreateChangeSetCommand({
        StackName: stack,
        ChangeSetName: `ddbr-${Date.now()}`,
        ChangeSetType: type,
        TemplateBody: template,
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
        Capabilities: ["CAPABILITY_IAM"],
        // What could not be made leaves nothing that would be in the way of the next attempt.
        ...(type === "CREATE" && { OnStackFailure: "DELETE" as const }),
      });
      const sending = client.send(command, { abortSignal });
      const { Id } = await ask("CreateChangeSet", stack, sending, abortSignal);
      return Id!;
    },

    async changeSet(id, stack, abortSignal) {
      const changes: StackChange[] = [];
      let page: DescribeChangeSetOutput;
      let token: string | undefined;
      do {
        const command = new DescribeChangeSetCommand({
          ChangeSetName: id,
          StackName: stack,
          NextToken: token,
        });
        page = await ask("DescribeChangeSet", stack, client.send(command, { abortSignal }), abortSignal);
        changes.push(...(page.Changes ?? []).flatMap(changeOf));
        token = page.NextToken;
      } while (token !== undefined);
      return { status: page.Status ?? "", reason: page.StatusReason, changes };
    },

    async deleteChangeSet(id, stack, abortSignal) {
      const command = new DeleteChangeSetCommand({ ChangeSetName: id, StackName: stack });
      await ask("DeleteChangeSet", stack, client.send(command, { abortSignal }), abortSignal);
    },

    async execute(id, stack, abortSignal) {
      const command = new ExecuteChangeSetCommand({ ChangeSetName: id, StackName: stack });
      await ask("ExecuteChangeSet", stack, client.send(command, { abortSignal }), abortSignal);
    },

    async delete(stack, abortSignal) {
      const command = new DeleteStackCommand({ StackName: stack });
      await ask("DeleteStack", stack, client.send(command, { abortSignal }), abortSignal);
    },

    async events(stack, enough, abortSignal) {
      const events: StackEvent[] = [];
      let token: string | undefined;
      do {
        const command = new DescribeStackEventsCommand({ StackName: stack, NextToken: token });
        const sending = client.send(command, { abortSignal });
        const output: DescribeStackEventsOutput = await ask(
          "DescribeStackEvents",
          stack,
          sending,
          abortSignal,
        );
        const page = (output.StackEvents ?? []).map(eventOf);
        events.push(...page);
        token = enough(page) ? undefined : output.NextToken;
      } while (token !== undefined);
      return events;
    },

    close: () => client.destroy(),
  };
}
