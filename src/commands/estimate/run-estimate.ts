import { EXIT } from "../../core/errors.ts";
import { estimate } from "../../core/estimate/estimate.ts";
import type { Question } from "../../core/estimate/question.ts";
import { safeJson } from "../../core/item/human.ts";
import { stoppable } from "../output/stop-signals.ts";
import type { EstimateRequest } from "./estimate-request.ts";
import { estimateLines } from "./estimate-text.ts";
import { knownSizes } from "./known-size.ts";

/** `ddbr estimate`, its words understood; returns the exit code. */
export async function runEstimate(request: EstimateRequest): Promise<number> {
  const { json, onS3 } = request;
  const sizes = await stoppable((signal) => knownSizes(request, signal));
  const question: Question = { ...request.question, ...sizes, onS3 };
  const told = estimate(question);
  if (json) {
    const line = { event: "estimate", time: new Date().toISOString(), ...told, question };
    process.stdout.write(`${safeJson(line)}\n`);
  } else {
    process.stdout.write(`${estimateLines(question, told).join("\n")}\n`);
  }
  return EXIT.ok;
}
