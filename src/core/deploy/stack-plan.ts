import { setTimeout as sleep } from "node:timers/promises";
import { DdbrError } from "../errors.ts";
import type { Stack, StackChange, StackClient } from "./stack-client.ts";
import { kindOfStack, type StackKind, TEMPLATES, templateText } from "./template/templates.ts";

/** What is wanted of a stack. */
export interface WantedStack {
  name: string;
  kind: StackKind;
  /** Of an existing stack the others stay as they are; of a new one they are the template's. */
  parameters: Record<string, string>;
}

/** What is to be done, shown before it is. */
export interface StackPlan {
  stack: string;
  action: "create" | "update";
  changeSet: string;
  changes: StackChange[];
  parameters: ParameterChange[];
}

export interface ParameterChange {
  name: string;
  before: string | undefined;
  after: string;
}

const NOTHING_TO_DO = /didn't contain changes|No updates are to be performed/i;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** Of a stack that a change set was made for, and nothing else was done to. */
const NOT_BEGUN = "REVIEW_IN_PROGRESS";

/** Whether there is more of a stack than a change set. */
export function isBegun(stack: Stack | undefined): stack is Stack {
  return stack !== undefined && stack.status !== NOT_BEGUN;
}

/** @throws DdbrError where a stack cannot become one of this kind */
export function refuseUnfit(stack: Stack | undefined, kind: StackKind): void {
  if (!isBegun(stack)) return;
  refuseUnready(stack);
  if (kindOfStack(stack.parameters) === kind) return;
  throw new DdbrError("exists", `is there already, and is no ${kind} of ddbr`, {
    subject: `stack ${stack.name}`,
    hint: "give this one another --name",
  });
}

/** Makes a change set. @param found as {@link refuseUnfit} lets it pass. @returns undefined when the stack is already what is wanted */
export async function planStack(
  client: StackClient,
  found: Stack | undefined,
  { name, kind, parameters }: WantedStack,
  signal: AbortSignal,
): Promise<StackPlan | undefined> {
  const isNew = !isBegun(found);
  const before = isNew ? {} : known(found.parameters, kind);
  const defaults = defaultsOf(kind);
  const all = { ...defaults, ...before, ...parameters };
  const changeSet = await client.createChangeSet(
    { stack: name, type: isNew ? "CREATE" : "UPDATE", template: templateText(kind), parameters: all },
    signal,
  );
  try {
    const { status, reason = "", changes } = await whenMade(client, changeSet, name, signal);
    const plan: StackPlan = {
      stack: name,
      action: isNew ? "create" : "update",
      changeSet,
      changes,
      parameters: Object.entries(all)
        .filter(([key, after]) => (before[key] ?? defaults[key]) !== after)
        .map(([key, after]) => ({ name: key, before: before[key], after })),
    };
    if (status !== "FAILED") return plan;
    await discardPlan(client, plan, signal);
    if (NOTHING_TO_DO.test(reason)) return undefined;
    throw new DdbrError("service-refused", `CloudFormation refuses the change: ${reason}`, {
      subject: `stack ${name}`,
    });
  } catch (error) {
    if (signal.aborted) await discardAfterStop(client, { stack: name, changeSet, isNew });
    throw error;
  }
}

/** Leaves everything as it was. */
export async function discardPlan(
  client: StackClient,
  { stack, action, changeSet }: Pick<StackPlan, "stack" | "action" | "changeSet">,
  signal: AbortSignal,
): Promise<void> {
  await client.deleteChangeSet(changeSet, stack, signal);
  // The change set has begun it.
  if (action === "create") await client.delete(stack, signal);
}

const STOPPED_PATIENCE_MS = 5_000;

async function discardAfterStop(
  client: StackClient,
  { stack, changeSet, isNew }: { stack: string; changeSet: string; isNew: boolean },
): Promise<void> {
  const action = isNew ? "create" : "update";
  await discardPlan(client, { stack, action, changeSet }, AbortSignal.timeout(STOPPED_PATIENCE_MS)).catch(
    () => {},
  );
}

async function whenMade(client: StackClient, changeSet: string, stack: string, signal: AbortSignal) {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const made = await client.changeSet(changeSet, stack, signal);
    if (made.status === "CREATE_COMPLETE" || made.status === "FAILED") return made;
    await sleep(pause, undefined, { signal });
  }
}

/** Said outright: what a stack has it keeps, whatever a later template thinks. */
function defaultsOf(kind: StackKind): Record<string, string> {
  return Object.fromEntries(
    Object.entries(TEMPLATES[kind].Parameters).flatMap(([name, { Default }]) =>
      Default === undefined ? [] : [[name, String(Default)]],
    ),
  );
}

/** Parameters that the template still has. */
function known(parameters: Record<string, string>, kind: StackKind): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).filter(([name]) => name in TEMPLATES[kind].Parameters),
  );
}

function refuseUnready({ name, status }: Stack): void {
  const subject = `stack ${name}`;
  if (status.endsWith("_IN_PROGRESS")) {
    throw new DdbrError("table-state", `is being changed: ${status}`, {
      subject,
      hint: "wait until that is done",
    });
  }
  if (/^(ROLLBACK_(COMPLETE|FAILED)|CREATE_FAILED|DELETE_FAILED)$/.test(status)) {
    throw new DdbrError("table-state", `was never made: ${status}`, {
      subject,
      hint: `remove it first: ddbr lambda remove ${name}`,
    });
  }
}
