import { expect, test } from "bun:test";
import type { StackEvent } from "../../../src/core/deploy/stack-client.ts";
import { lineWidth } from "../../../src/tui/format/spans.ts";
import { deployScreenLines } from "../../../src/tui/lines/deploy/deploy-screen-lines.ts";
import { addStackEvent, NO_PARTS } from "../../../src/tui/state/deploy/deploy-state.ts";
import { canvasOf } from "../../../src/tui/terminal/canvas.ts";

const event = (part: string, status: string, reason?: string): StackEvent => ({
  id: `${part} ${status}`,
  at: 0,
  part,
  type: "AWS::Lambda::Function",
  status,
  reason,
});

const EVENTS = [
  event("Function", "CREATE_IN_PROGRESS"),
  event("Role", "CREATE_COMPLETE"),
  event("Function", "CREATE_FAILED", "no such code\u001b[31m"),
  event("Function", "DELETE_COMPLETE"),
];

function screen(columns: number, rows: number, events = EVENTS): string[] {
  const canvas = canvasOf({ columns, rows }, { LANG: "C.UTF-8", TERM: "xterm" });
  const parts = events.reduce(addStackEvent, NO_PARTS);
  const frame = {
    title: "ddbr lambda deploy backup",
    stack: "orders",
    parts,
    elapsedMs: 61_000,
    stopping: false,
  };
  const lines = deployScreenLines(frame, canvas);
  expect(lines.length).toBe(rows);
  for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(columns);
  return lines.map((line) => line.map(({ text }) => text).join(""));
}

test("each part has a line with what happened to it last, and why it failed stays", () => {
  const lines = screen(100, 8);
  expect(lines[0]).toContain("orders");
  expect(lines[0]).toContain("01:01");
  expect(lines[2]).toMatch(/Function .*delete complete .*no such code/);
  expect(lines[3]).toMatch(/Role .*create complete/);
  expect(lines.join("")).not.toContain("\u001b");
});

test("what moves last stays in view where there is little room", () => {
  const many = Array.from({ length: 30 }, (_, n) => event(`Part${n}`, "CREATE_IN_PROGRESS"));
  expect(screen(60, 6, many).join("\n")).toContain("Part29");
  screen(20, 3, many);
  screen(10, 1, many);
});
