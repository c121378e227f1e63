import type { CommandClass } from "clipanion";
import { DemoCommand } from "./demo.ts";
import { DiffTablesCommand } from "./diff-tables.ts";
import { HelpCommand } from "./help.ts";
import { OverviewCommand } from "./overview.ts";
import { VersionCommand } from "./version.ts";

/** Every command of the program, in the order the overview shows them. */
export const COMMANDS: CommandClass[] = [
  DiffTablesCommand,
  DemoCommand,
  HelpCommand,
  OverviewCommand,
  VersionCommand,
];
