import type { CommandClass } from "clipanion";
import { BackupTableCommand } from "./backup-table.ts";
import { CollectCommand } from "./collect.ts";
import { DemoCommand } from "./demo.ts";
import { DemoBackupCommand } from "./demo-backup.ts";
import { DemoHistoryCommand } from "./demo-history.ts";
import { DiffFingerprintsCommand } from "./diff-fingerprints.ts";
import { DiffRecordCommand } from "./diff-record.ts";
import { DiffTablesCommand } from "./diff-tables.ts";
import { DrillCommand } from "./drill.ts";
import { EstimateCommand } from "./estimate.ts";
import { FingerprintCommand } from "./fingerprint.ts";
import { FollowCommand } from "./follow.ts";
import { HelpCommand } from "./help.ts";
import { IncrementalBackfillCommand } from "./incremental-backfill.ts";
import { IncrementalBackupRecordCommand } from "./incremental-backup-record.ts";
import { IncrementalDiffCommand } from "./incremental-diff.ts";
import { IncrementalDiffRecordCommand } from "./incremental-diff-record.ts";
import { IncrementalSnapshotCommand } from "./incremental-snapshot.ts";
import { LambdaDeployBackupCommand } from "./lambda-deploy-backup.ts";
import { LambdaDeployReplicatorCommand } from "./lambda-deploy-replicator.ts";
import { LambdaDeployRunnerCommand } from "./lambda-deploy-runner.ts";
import { LambdaDeploySnapshotCommand } from "./lambda-deploy-snapshot.ts";
import { LambdaRedriveCommand } from "./lambda-redrive.ts";
import { LambdaRemoveCommand } from "./lambda-remove.ts";
import { LambdaStatusCommand } from "./lambda-status.ts";
import { LambdaTemplateCommand } from "./lambda-template.ts";
import { OverviewCommand } from "./overview.ts";
import { RecordHistoryCommand } from "./record-history.ts";
import { ReplicateRecordCommand } from "./replicate-record.ts";
import { RestoreRecordCommand } from "./restore-record.ts";
import { RestoreTableCommand } from "./restore-table.ts";
import { RewindCommand } from "./rewind.ts";
import { UndoCommand } from "./undo.ts";
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
  FingerprintCommand,
  DiffFingerprintsCommand,
  RestoreRecordCommand,
  RestoreTableCommand,
  RewindCommand,
  UndoCommand,
  DrillCommand,
  CollectCommand,
  EstimateCommand,
  FollowCommand,
  LambdaDeployReplicatorCommand,
  LambdaDeployBackupCommand,
  LambdaDeploySnapshotCommand,
  LambdaDeployRunnerCommand,
  LambdaStatusCommand,
  LambdaRedriveCommand,
  LambdaRemoveCommand,
  LambdaTemplateCommand,
  DemoCommand,
  DemoBackupCommand,
  DemoHistoryCommand,
  HelpCommand,
  OverviewCommand,
  VersionCommand,
];
