import type { CommandClass } from "clipanion";
import { BackupTableCommand } from "./backup-table.ts";
import { DemoCommand } from "./demo.ts";
import { DemoBackupCommand } from "./demo-backup.ts";
import { DiffTablesCommand } from "./diff-tables.ts";
import { HelpCommand } from "./help.ts";
import { IncrementalBackfillCommand } from "./incremental-backfill.ts";
import { IncrementalDiffCommand } from "./incremental-diff.ts";
import { IncrementalSnapshotCommand } from "./incremental-snapshot.ts";
import { OverviewCommand } from "./overview.ts";
import { VersionCommand } from "./version.ts";

/** Every command of the program, in the order the overview shows them. */
export const COMMANDS: CommandClass[] = [
  DiffTablesCommand,
  BackupTableCommand,
  IncrementalBackfillCommand,
  IncrementalSnapshotCommand,
  IncrementalDiffCommand,
  DemoCommand,
  DemoBackupCommand,
  HelpCommand,
  OverviewCommand,
  VersionCommand,
];
