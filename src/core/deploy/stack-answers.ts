import type {
  Change as SdkChange,
  Stack as SdkStack,
  StackEvent as SdkStackEvent,
} from "@aws-sdk/client-cloudformation";

export interface Stack {
  id: string;
  name: string;
  /** E.g. `CREATE_COMPLETE`. */
  status: string;
  reason: string | undefined;
  parameters: Record<string, string>;
  outputs: Record<string, string>;
}

/** Something that happened to a part of a stack. */
export interface StackEvent {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  /** As the template calls it; the stack's name for the stack itself. */
  part: string;
  /** E.g. `AWS::Lambda::Function`. */
  type: string;
  /** E.g. `CREATE_IN_PROGRESS`. */
  status: string;
  reason: string | undefined;
}

/** What a change set would do to a part of a stack. */
export interface StackChange {
  action: "add" | "modify" | "remove";
  part: string;
  type: string;
  /** It would be made anew, and the old one deleted. */
  replaced: boolean;
  /** Names of the properties that change. */
  properties: string[];
}

export function stackOf(stack: SdkStack): Stack {
  return {
    id: stack.StackId!,
    name: stack.StackName!,
    status: stack.StackStatus!,
    reason: stack.StackStatusReason,
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue = "" }) => [
        ParameterKey!,
        ParameterValue,
      ]),
    ),
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey, OutputValue = "" }) => [OutputKey!, OutputValue]),
    ),
  };
}

export function eventOf(event: SdkStackEvent): StackEvent {
  return {
    id: event.EventId!,
    at: event.Timestamp?.getTime() ?? 0,
    part: event.LogicalResourceId ?? "",
    type: event.ResourceType ?? "",
    status: event.ResourceStatus ?? "",
    reason: event.ResourceStatusReason,
  };
}

export function changeOf({ ResourceChange: change }: SdkChange): StackChange[] {
  if (change === undefined) return [];
  const properties = (change.Details ?? []).flatMap(({ Target }) => Target?.Name ?? Target?.Attribute ?? []);
  return [
    {
      action: change.Action === "Add" ? "add" : change.Action === "Remove" ? "remove" : "modify",
      part: change.LogicalResourceId ?? "",
      type: change.ResourceType ?? "",
      replaced: change.Replacement === "True" || change.Replacement === "Conditional",
      properties: [...new Set(properties)],
    },
  ];
}
