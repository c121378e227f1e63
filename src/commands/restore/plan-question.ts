import { escapeForTerminal } from "../../core/escape.ts";
import type { RestorePlan } from "../../core/restore/restore-events.ts";
import type { Fact, PlanQuestion } from "../../tui/state/restore/restore-frame.ts";
import { plural } from "../output/figures.ts";
import { planText } from "./plan-text.ts";

/** What somebody has to know before saying yes, where there is no dashboard. */
export function questionLines({ plan, facts }: PlanQuestion, writePrice: number): string[] {
  return [...factLines([...facts, { label: "plan", text: planText(plan, writePrice) }]), ...deletions(plan)];
}

export function factLines(facts: readonly Fact[]): string[] {
  const width = Math.max(...facts.map(({ label }) => label.length)) + 2;
  return facts.map(({ label, text }) => `${label.padEnd(width)}${escapeForTerminal(text)}`);
}

function deletions({ changes }: RestorePlan): string[] {
  const { items } = changes.delete;
  return items === 0 ? [] : [`${plural(items, "record")} will be DELETED from the table.`];
}
