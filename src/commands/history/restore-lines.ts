import type { RestoreOutcome, RestorePlan } from "../../core/history/restore-version.ts";
import type { WireItem } from "../../core/item/attribute-value.ts";
import { humanJson } from "../../core/item/human.ts";
import { valueTexts } from "../../core/item/value-text.ts";
import { pathDifferences } from "../../core/record/path-differences.ts";

const MOST_DIFFERENCES = 12;
const LONGEST_VALUE = 60;

/** What restoring would do, for somebody to say yes to. */
export function restorePlanLines(table: string, { key, action, present, image }: RestorePlan): string[] {
  const record = `${humanJson(key)} in ${table}`;
  if (action === "nothing") return [`${record} is like this version already.`];
  if (action === "delete") return [`${record} is DELETED, as it was then.`, ...differences(present, image)];
  if (present === undefined) return [`${record} is put; it is not there now.`];
  return [`${record} is put back; what it has now is replaced:`, ...differences(present, image)];
}

const NOT_RESTORED = {
  no: "Nothing was restored: somebody else has written the record meanwhile.",
  yes: "This version was restored, and somebody else has written the record since: it is another now.",
  unknown:
    "Whether this version was restored is not known, as the answer was lost: somebody else has written the record, and it is another now.",
};

/** What came of it. */
export function restoreResultLines(
  table: string,
  { key, present, image }: RestorePlan,
  outcome: RestoreOutcome,
): string[] {
  if (outcome.done === "restored")
    return [`${humanJson(key)} in ${table} is restored: it has this version, as read again.`];
  const { written, present: now } = outcome;
  return [NOT_RESTORED[written], ...differences(written === "no" ? present : image, now)];
}

function differences(before: WireItem | undefined, after: WireItem | undefined): string[] {
  const all = pathDifferences(before, after);
  const value = (text = "(none)") =>
    text.length > LONGEST_VALUE ? `${Array.from(text).slice(0, LONGEST_VALUE).join("")}…` : text;
  const lines = all.slice(0, MOST_DIFFERENCES).map(({ path, before, after }) => {
    const texts = valueTexts({
      name: path,
      ...(before && { primary: before }),
      ...(after && { replica: after }),
    });
    return `  ${path}: ${value(texts.primary)} → ${value(texts.replica)}`;
  });
  return all.length > lines.length ? [...lines, `  and ${all.length - lines.length} more`] : lines;
}
