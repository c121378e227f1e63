import { backUp } from "../backup/dump.ts";
import { type CliResult, runDdbr } from "../helpers/cli.ts";
import type { TestPlace } from "../helpers/stores.ts";

/** Takes part in a backup, by the binary. */
export function shareBackup(
  table: string,
  place: TestPlace,
  state: TestPlace,
  ...words: string[]
): Promise<CliResult> {
  return backUp(table, place, ["--state", state.url, ...words]);
}

/** Collects, as somebody who knows nothing but where the state is. */
export function collect(state: TestPlace, ...words: string[]): Promise<CliResult> {
  return runDdbr(["collect", state.url, ...state.options(), ...words], { env: state.env });
}
