import { Option } from "clipanion";

/** What every command is called with that writes records back by a plan. */
export const dryRunOption = () =>
  Option.Boolean("--dry-run", false, { description: "write nothing; show the plan" });

export const yesOption = () =>
  Option.Boolean("--yes,-y", false, { description: "carry out the plan without asking" });

/** @param what the file is named after, where no name is given */
export const undoFileOption = (what: string) =>
  Option.String("--undo-file", {
    description: `new file for the plan and what it replaces (default: ./ddbr-${what}-<table>-<jobid>.ndjson)`,
  });

export const resumeOption = () =>
  Option.Boolean("--resume", false, {
    description: "go on with the plan of --undo-file, where a run was stopped or killed",
  });

export const maxWcuOption = () =>
  Option.String("--max-wcu", { description: "write units a second on the table, at most" });

export const quietOption = () =>
  Option.Boolean("--quiet,-q", false, {
    description: "print the plan, records that are not as planned, and the summary; no progress",
  });
