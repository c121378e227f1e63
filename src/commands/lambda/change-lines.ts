import type { StackChange } from "../../core/deploy/stack-client.ts";
import type { ParameterChange, StackPlan } from "../../core/deploy/stack-plan.ts";
import { escapeForTerminal } from "../../core/escape.ts";

/** What people call these. */
const TYPES: Readonly<Record<string, string>> = {
  "AWS::Lambda::Function": "Lambda function",
  "AWS::IAM::Role": "IAM role",
  "AWS::Logs::LogGroup": "log group",
  "AWS::SQS::Queue": "SQS queue",
  "AWS::Lambda::EventSourceMapping": "event source mapping",
  "AWS::CloudWatch::Alarm": "alarm",
  "AWS::Events::Rule": "EventBridge rule",
  "AWS::StepFunctions::StateMachine": "state machine",
  "AWS::Lambda::Permission": "permission to call the function",
  "AWS::CloudFormation::Stack": "stack",
};

export function typeText(type: string): string {
  return TYPES[type] ?? type;
}

const VERBS = { add: "create", modify: "change", remove: "DELETE" } as const;

/** What a change set would do, in plain words. */
export function planLines({ stack, action, changes, parameters }: StackPlan, region: string): string[] {
  return [
    `${action} the stack ${stack} in ${region}:`,
    ...changes.map((change) => `  ${changeText(change)}`),
    ...(parameters.length === 0 ? [] : ["with these settings:"]),
    ...parameters.filter(isTold).map((change) => `  ${parameterText(change)}`),
  ].map(escapeForTerminal);
}

function changeText({ action, part, type, replaced, properties }: StackChange): string {
  const verb = action === "modify" && replaced ? "replace" : VERBS[action];
  const what = properties.length === 0 ? "" : `: ${properties.join(", ")}`;
  return `${verb.padEnd(7)} ${typeText(type)} ${part}${what}`;
}

/** Of a new stack: not that something is not set. */
const isTold = ({ before, after }: ParameterChange) => before !== undefined || after !== "";

function parameterText({ name, before, after }: ParameterChange): string {
  const value = (text: string) => (text === "" ? "nothing" : text);
  return before === undefined ? `${name}: ${value(after)}` : `${name}: ${value(before)} -> ${value(after)}`;
}
