import { collectDiff } from "../../core/job/collect-diff.ts";
import { collectComparison } from "./collect-comparison.ts";
import type { Collecting } from "./run-collect.ts";

export function collectDiffTables(collecting: Collecting): Promise<number> {
  return collectComparison(collecting, collectDiff);
}
