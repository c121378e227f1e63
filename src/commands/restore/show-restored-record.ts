import { escapeForTerminal } from "../../core/escape.ts";
import type { HistoryVersion } from "../../core/history/record-history.ts";
import type { RestoreOutcome, RestorePlan } from "../../core/history/restore-version.ts";
import type { KeySchema } from "../../core/item/attribute-value.ts";
import { humanJson } from "../../core/item/human.ts";
import { pathDifferences } from "../../core/record/path-differences.ts";
import type { Tone } from "../../tui/terminal/tones.ts";
import type { LinePrinter, Printer } from "../record/printer.ts";
import { momentText } from "./restore-facts.ts";

/** As typed. */
interface Places {
  table: string;
  backup: string;
  /** The moment that was asked for, milliseconds since 1970. */
  at: number | undefined;
}

/** `planned`: a dry run · `nothing`: the record is as wanted already */
type End = RestoreOutcome | "planned" | "nothing";

/** Tells of a record that is restored: before and after, then what came of it. */
export interface RecordPrinter {
  plan(places: Places): void;
  end(end: End): void;
}

/** @param version undefined: the record was not there yet */
export function createRecordPrinter(
  printer: Printer,
  { plan, version, schema }: { plan: RestorePlan; version: HistoryVersion | undefined; schema: KeySchema },
): RecordPrinter {
  if (printer.kind === "json") {
    return { plan() {}, end: (end) => printer.record(jsonOf(plan, version, end)) };
  }
  return {
    plan: (places) => showPlan(printer, plan, schema, { ...places, version }),
    end: (end) => {
      const [text, tone] = endText(plan, end);
      printer.line({ text, tone });
    },
  };
}

function showPlan(
  printer: LinePrinter,
  { key, action, present, image }: RestorePlan,
  schema: KeySchema,
  { table, backup, at, version }: Places & { version: HistoryVersion | undefined },
): void {
  const moment = at === undefined ? "" : `, as of ${momentText(at)}`;
  const which = version === undefined ? ", when it was not there yet" : `, version ${version.versionId}`;
  printer.line({ text: humanJson(key), tone: "strong" });
  printer.line({ text: "table   ", tone: "dim" }, { text: escapeForTerminal(table) });
  printer.line({ text: "backup  ", tone: "dim" }, { text: escapeForTerminal(`${backup}${moment}${which}`) });
  if (printer.quiet || action === "nothing") return;
  printer.images({
    left: present,
    right: image,
    labels: { left: "before", right: "after" },
    only: { left: "removed", right: "added" },
    plus: "right",
    schema,
    ignored: undefined,
  });
}

const DONE: Record<RestorePlan["action"], [planned: string, done: string]> = {
  put: ["would be put", "put and verified"],
  delete: ["would be deleted", "deleted and verified"],
  nothing: ["like that already: nothing to write", "like that already: nothing to write"],
};

const CHANGED = {
  no: "nothing was restored: somebody else has written the record meanwhile",
  yes: "restored, and somebody else has written the record since: it is another now",
  unknown:
    "whether it was restored is not known, as the answer was lost; somebody else has written the record, and it is another now",
};

function endText({ action }: RestorePlan, end: End): [text: string, tone: Tone] {
  const [planned, done] = DONE[action];
  if (action === "nothing") return [planned, "dim"];
  if (end === "planned" || end === "nothing") return [planned, "good"];
  return end.done === "restored" ? [done, "good"] : [CHANGED[end.written], "bad"];
}

/** In wire form; see docs/events.md. */
function jsonOf(
  { key, action, present, image }: RestorePlan,
  version: HistoryVersion | undefined,
  end: End,
): object {
  const changed = typeof end !== "string" && end.done === "changed" ? end : undefined;
  return {
    key,
    action: changed ? "raced" : action === "nothing" ? "none" : action,
    dryRun: end === "planned",
    ...(version && { versionId: version.versionId }),
    ...(action !== "nothing" && {
      before: present ?? null,
      after: image ?? null,
      differences: pathDifferences(present, image),
    }),
    ...(changed && { written: changed.written, present: changed.present ?? null }),
  };
}
