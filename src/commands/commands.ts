import type { CommandClass } from "clipanion";
import { BackupTableCommand } from "./backup-table.ts";
import { DemoCommand } from "./demo.ts";
import { DemoBackupCommand } from "./demo-backup.ts";
import { DemoHistoryCommand } from "./demo-history.ts";
import { DiffRecordCommand } from "./diff-record.ts";
import { DiffTablesCommand } from "./diff-tables.ts";
import { HelpCommand } from "./help.ts";
import { IncrementalBackfillCommand } from "./incremental-backfill.ts";
import { IncrementalBackupRecordCommand } from "./incremental-backup-record.ts";
import { IncrementalDiffCommand } from "./incremental-diff.ts";
import { IncrementalDiffRecordCommand } from "./incremental-diff-record.ts";
import { IncrementalSnapshotCommand } from "./incremental-snapshot.ts";
import { OverviewCommand } from "./overview.ts";
import { RecordHistoryCommand } from "./record-history.ts";
import { ReplicateRecordCommand } from "./replicate-record.ts";
import { VersionCommand } from "./version.ts";

/** Every command of the program, in the order the overview shows them. */
export const COMMANDS: CommandClass[] = [
  DiffTablesCommand,
  DiffRecordCommand,
  ReplicateRecordCommand,
  BackupTableCommand,
  IncrementalBackfillCommand,
  IncrementalSnapshotCommand,
  IncrementalDiffCommand,
  IncrementalDiffRecordCommand,
  IncrementalBackupRecordCommand,
  RecordHistoryCommand,
  DemoCommand,
  DemoBackupCommand,
  DemoHistoryCommand,
  HelpCommand,
  OverviewCommand,
  VersionCommand,
];
