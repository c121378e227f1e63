import type { ChangeSet, Stack, StackClient, StackEvent } from "../../src/core/deploy/stack-client.ts";

/** A CloudFormation whose stack goes through given states, one each time that it is asked for. */
export interface ScriptedStack extends StackClient {
  /** What was done to it. */
  done: string[];
}

export interface Script {
  /** How the stack stands, each time that it is asked for; the last one stays. Undefined: there is none. */
  states: (string | undefined)[];
  /** What happens between two questions. */
  events?: Partial<StackEvent>[][];
  changeSet?: Partial<ChangeSet>;
  parameters?: Record<string, string>;
}

export function scriptedStack({ states, events = [], changeSet, parameters = {} }: Script): ScriptedStack {
  const done: string[] = [];
  let asked = 0;
  const happened: StackEvent[] = [
    { id: "old", at: 0, part: "stack", type: STACK, status: "CREATE_COMPLETE", reason: undefined },
  ];
  const stackOf = (status: string): Stack => ({
    id: "arn:stack",
    name: "stack",
    status,
    reason: undefined,
    parameters,
    outputs: { FunctionName: "stack" },
  });
  return {
    region: "us-east-1",
    done,
    async find() {
      const status = states[Math.min(asked, states.length - 1)];
      for (const event of events[asked] ?? []) {
        happened.push({
          id: `e${happened.length}`,
          at: happened.length,
          part: "stack",
          type: STACK,
          status: "",
          reason: undefined,
          ...event,
        });
      }
      asked++;
      return status === undefined ? undefined : stackOf(status);
    },
    async createChangeSet({ type }) {
      done.push(`create change set: ${type}`);
      return "change-set";
    },
    async changeSet() {
      return { status: "CREATE_COMPLETE", reason: undefined, changes: [], ...changeSet };
    },
    async deleteChangeSet(id) {
      done.push(`delete ${id}`);
    },
    async execute(id) {
      done.push(`execute ${id}`);
    },
    async delete() {
      done.push("delete the stack");
    },
    events: async () => happened.toReversed(),
    close() {},
  };
}

export const STACK = "AWS::CloudFormation::Stack";
