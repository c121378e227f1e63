import { describe, expect, test } from "bun:test";
import type { StackEvent } from "../../src/core/deploy/stack-client.ts";
import { planStack, refuseUnfit } from "../../src/core/deploy/stack-plan.ts";
import { followStack, type WantedEnd } from "../../src/core/deploy/stack-run.ts";
import { DdbrError } from "../../src/core/errors.ts";
import { type Script, STACK, scriptedStack } from "./scripted-stack.ts";
import { PARAMETERS } from "./template-parameters.ts";

const { signal } = new AbortController();

async function followed(script: Script, wanted: WantedEnd = "there") {
  const client = scriptedStack(script);
  const told: StackEvent[] = [];
  const outcome = await followStack(
    client,
    "arn:stack",
    wanted,
    async () => void client.done.push("begun"),
    (event) => void told.push(event),
    signal,
  );
  return { ...outcome, told: told.map(({ part, status }) => `${part} ${status}`) };
}

const FUNCTION = { part: "Function", type: "AWS::Lambda::Function" };
const QUEUE = { part: "FailureQueue", type: "AWS::SQS::Queue" };

describe("a stack that changes", () => {
  test("is followed to its end, also where it looks at first as before", async () => {
    const { done, told, stack } = await followed({
      states: ["CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"],
      events: [
        [],
        [{ status: "UPDATE_IN_PROGRESS" }, { ...FUNCTION, status: "UPDATE_IN_PROGRESS" }],
        [{ ...FUNCTION, status: "UPDATE_COMPLETE" }, { status: "UPDATE_COMPLETE" }],
      ],
    });
    expect(done).toBe(true);
    expect(stack?.outputs).toEqual({ FunctionName: "stack" });
    // Each once, and nothing of what happened before.
    expect(told).toEqual([
      "stack UPDATE_IN_PROGRESS",
      "Function UPDATE_IN_PROGRESS",
      "Function UPDATE_COMPLETE",
      "stack UPDATE_COMPLETE",
    ]);
  });

  test.each([
    ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"],
    ["ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"],
    // Deleted because it could not be made.
    ["DELETE_COMPLETE", "DELETE_COMPLETE"],
    [undefined, "DELETE_COMPLETE"],
  ])("and fails (%p): the cause is what failed first by itself", async (state, last) => {
    const { done, cause } = await followed({
      states: ["UPDATE_IN_PROGRESS", state],
      events: [
        [
          { ...QUEUE, status: "CREATE_FAILED", reason: "Resource creation cancelled" },
          { ...FUNCTION, status: "CREATE_FAILED", reason: "S3 Error Code: NoSuchKey" },
          { part: "Role", type: "AWS::IAM::Role", status: "CREATE_FAILED", reason: "something else" },
        ],
        [{ type: STACK, status: last }],
      ],
    });
    expect(done).toBe(false);
    expect(cause).toMatchObject({ ...FUNCTION, reason: "S3 Error Code: NoSuchKey" });
  });

  test("and is deleted: that is done only where it was wanted", async () => {
    const script = {
      states: ["DELETE_IN_PROGRESS", undefined],
      events: [[{ ...FUNCTION, status: "DELETE_COMPLETE" }]],
    };
    expect(await followed(script, "gone")).toMatchObject({ done: true, stack: undefined });
    expect(await followed(script, "there")).toMatchObject({ done: false, stack: undefined });
  });

  test("and cannot be deleted: the cause is told", async () => {
    const { done, cause } = await followed(
      {
        states: ["DELETE_IN_PROGRESS", "DELETE_FAILED"],
        events: [
          [{ ...QUEUE, status: "DELETE_FAILED", reason: "not allowed" }],
          [{ type: STACK, status: "DELETE_FAILED" }],
        ],
      },
      "gone",
    );
    expect(done).toBe(false);
    expect(cause).toMatchObject({ ...QUEUE, reason: "not allowed" });
  });
});

describe("a change set", () => {
  const wanted = { name: "stack", kind: "replicator", parameters: PARAMETERS.replicator } as const;
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error) => error as DdbrError,
    );
  const refused = (reason: string) => ({ status: "FAILED", reason });

  test("that changes nothing is taken away, and so is the stack that it has begun", async () => {
    const client = scriptedStack({
      states: [],
      changeSet: refused("The submitted information didn't contain changes."),
    });
    expect(await planStack(client, undefined, wanted, signal)).toBeUndefined();
    expect(client.done).toEqual(["create change set: CREATE", "delete change-set", "delete the stack"]);
  });

  test("that is refused says why", async () => {
    const client = scriptedStack({
      states: ["CREATE_COMPLETE"],
      changeSet: refused("Transform failed"),
      parameters: PARAMETERS.replicator,
    });
    const found = await client.find("stack", signal);
    const error = await failure(planStack(client, found, wanted, signal));
    expect(error).toBeInstanceOf(DdbrError);
    expect(error?.message).toContain("Transform failed");
    expect(client.done).toEqual(["create change set: UPDATE", "delete change-set"]);
  });

  test.each([
    ["UPDATE_IN_PROGRESS", "is being changed"],
    ["ROLLBACK_COMPLETE", "was never made"],
    ["DELETE_FAILED", "was never made"],
  ])("is not made for a stack that is %s", async (state, words) => {
    const client = scriptedStack({ states: [state], parameters: PARAMETERS.replicator });
    const found = await client.find("stack", signal);
    expect(() => refuseUnfit(found, "replicator")).toThrow(words);
  });

  test("is made for a stack of the same kind only, or for one that was not begun", async () => {
    const found = (state: string) =>
      scriptedStack({ states: [state], parameters: PARAMETERS.replicator }).find("stack", signal);
    const there = await found("UPDATE_ROLLBACK_COMPLETE");
    expect(() => refuseUnfit(there, "backup")).toThrow("is no backup of ddbr");
    expect(() => refuseUnfit(there, "replicator")).not.toThrow();
    const begun = await found("REVIEW_IN_PROGRESS");
    expect(() => refuseUnfit(begun, "backup")).not.toThrow();
    expect(() => refuseUnfit(undefined, "backup")).not.toThrow();
  });
});
