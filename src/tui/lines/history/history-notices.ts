import { escapeForTerminal } from "../../../core/escape.ts";
import type { RecordHistory } from "../../../core/history/record-history.ts";
import { tableText } from "../../format/table-text.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";

/** What has to be known of a history as a whole; safe to print. */
export function historyNotices({ keepsVersions, olderNames }: RecordHistory, glyphs: Glyphs): string[] {
  const names = tableText(escapeForTerminal(olderNames.join(", ")), glyphs);
  return [
    ...(keepsVersions ? [] : ["The store keeps no earlier versions: this is the one there is."]),
    ...(olderNames.length > 0
      ? [`Versions were found under names that older tools have given, too: ${names}`]
      : []),
  ];
}
