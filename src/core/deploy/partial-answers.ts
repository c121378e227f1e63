import { DdbrError } from "../errors.ts";
import type { AwsPlace } from "./aws-place.ts";
import { describeFunction, type EventSource } from "./function-client.ts";

/** What is wrong with a mapping that takes every answer of the function for success, and what to do; undefined: it doesn't. */
export function partialAnswersProblem(
  { id, partialAnswers }: Pick<EventSource, "id" | "partialAnswers">,
  region: string,
): string | undefined {
  if (partialAnswers) return undefined;
  const command = `aws lambda update-event-source-mapping --region ${region} --uuid ${id} --function-response-types ReportBatchItemFailures`;
  return `the event source mapping lacks ReportBatchItemFailures, so records that fail are LOST: ${command}`;
}

/**
 * Looks at the mappings of a function that is there already: CloudFormation compares templates, and does not see what somebody has
 * changed by hand. @returns one line for each that is wrong
 */
export async function partialAnswersProblems(
  place: AwsPlace,
  name: string,
  region: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const { sources } = await describeFunction(place, name, signal);
    return sources.flatMap((source) => partialAnswersProblem(source, region) ?? []);
  } catch (error) {
    if (!(error instanceof DdbrError)) throw error;
    // CloudFormation will say so, or make it.
    if (error.code === "no-such-object") return [];
    if (error.code !== "permission") throw error;
    return [
      `not allowed to see whether the event source mapping has ReportBatchItemFailures: ${error.message}`,
    ];
  }
}
