import { DdbrError } from "../errors.ts";
import type { ChangesFile } from "./changes-file.ts";
import type { ChangesHeader } from "./changes-notes.ts";

/** What has to be the same for a plan to be gone on with; how the table is named may differ. */
const TOLD_APART_BY = ["job", "arn", "createdAt", "source", "at", "until", "mode", "selection"] as const;

/** A plan is carried out on what it was made for. @throws DdbrError `usage` also where it is not whole */
export function refuseOtherPlan({ path, plan, header }: ChangesFile, wanted: ChangesHeader): void {
  const refuse = (message: string, hint: string) => {
    throw new DdbrError("usage", message, { subject: path, hint });
  };
  if (plan === undefined) {
    refuse("holds no whole plan, so nothing has been written by it", "delete it and start without --resume");
  }
  if (header?.repeats) {
    refuse("was collected from many workers", "start workers again with their --state: they go on by that");
  }
  for (const name of TOLD_APART_BY) {
    const [there, here] = [header?.[name], wanted[name]].map((value) => JSON.stringify(value) ?? "not given");
    if (there === here) continue;
    refuse(`was made with ${name} ${there}, not ${here}`, "go on with the very words that it was begun with");
  }
}
