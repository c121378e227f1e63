import { DdbrError } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { ask, canAsk } from "../output/ask.ts";

/** What changes an account's resources is not done without somebody having said so. @throws DdbrError `usage` where nobody can */
export function refuseUnasked({ yes, dryRun = false }: { yes: boolean; dryRun?: boolean }): void {
  if (yes || dryRun || canAsk()) return;
  throw new DdbrError("usage", "nobody can be asked here whether to go on", {
    hint: "give --yes",
  });
}

/** @param left how things are after a no. @throws DdbrError `interrupted` when the answer is no */
export async function confirm(
  lines: readonly string[],
  question: string,
  yes: boolean,
  left = "nothing was changed",
): Promise<void> {
  if (yes) return;
  if (await ask(lines.map(escapeForTerminal), escapeForTerminal(question))) return;
  throw new DdbrError("interrupted", left);
}
