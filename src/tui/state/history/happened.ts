/**
 * What made a version, as far as it is known:
 * - `restored`: created after a deletion · `unchanged`: written again as it was
 * - `stored`: what was before it isn't kept, and it was no creation
 * - `changed`: top-level attributes, as they are named in the table; none where the version before can't be read
 */
export type Happened =
  | { kind: "unread" | "created" | "restored" | "deleted" | "unchanged" | "archived" | "stored" }
  | { kind: "changed"; attributes: readonly string[] }
  | { kind: "unreadable"; reason: string };
