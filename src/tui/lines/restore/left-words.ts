import type { LeftReason } from "../../../core/restore/restore-events.ts";

/** Why records that differ are left alone. */
export const LEFT_WORDS: Record<LeftReason, string> = {
  extraneous: "only in the table",
  present: "different there",
  "changed-since": "changed since",
  "not-in-backup": "not in the backup",
};
