import { EXIT } from "../../core/errors.ts";

/** A worker has done its work whatever it has found: else who starts workers would start them again. */
export function workerExitCode(outcome: string): number {
  if (outcome === "interrupted") return EXIT.interrupted;
  return outcome === "incomplete" ? EXIT.failure : EXIT.ok;
}
