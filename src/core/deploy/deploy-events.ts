import type { StackChange, StackEvent } from "./stack-client.ts";
import type { ParameterChange } from "./stack-plan.ts";

export interface DeploySummary {
  outcome: "done" | "failed" | "unchanged" | "planned";
  stack: string;
  region: string;
  outputs: Record<string, string>;
  /** Why it failed: the first part that did by itself, and what CloudFormation says. */
  failure?: { part: string; type: string; reason: string };
  /** Wall time of the change, milliseconds. */
  elapsedMs: number;
}

/** Everything that happens while a stack is deployed or removed: names and numbers, never prose. */
export type DeployEvent =
  | {
      type: "planned";
      stack: string;
      region: string;
      action: "create" | "update";
      changes: StackChange[];
      parameters: ParameterChange[];
    }
  | { type: "stream-on"; table: string; stream: string }
  /** @property uploaded false: it was there already */
  | { type: "code"; bucket: string; key: string; bytes: number; uploaded: boolean }
  | { type: "resource"; resource: StackEvent }
  /** What removing a stack does not remove; for people. */
  | { type: "left"; what: string }
  /** One line; the run goes on. */
  | { type: "warning"; message: string }
  | { type: "finished"; summary: DeploySummary };

export type DeployReport = (event: DeployEvent) => void;
