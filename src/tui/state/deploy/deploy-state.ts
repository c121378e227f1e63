import type { StackEvent } from "../../../core/deploy/stack-client.ts";

/** How a part of a stack stands. */
export interface DeployPart {
  part: string;
  type: string;
  status: string;
  reason: string | undefined;
}

/** The parts that something has happened to, in the order in which that began. */
export type DeployState = readonly DeployPart[];

export const NO_PARTS: DeployState = [];

export function addStackEvent(state: DeployState, { part, type, status, reason }: StackEvent): DeployState {
  const known = state.find((one) => one.part === part && one.type === type);
  const now = { part, type, status, reason };
  if (known === undefined) return [...state, now];
  // Why it failed matters more than that it is taken away again.
  const kept = known.status.endsWith("_FAILED") ? (known.reason ?? reason) : reason;
  return state.map((one) => (one === known ? { ...now, reason: kept } : one));
}
