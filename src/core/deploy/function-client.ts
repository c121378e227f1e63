import {
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  type ListEventSourceMappingsResponse,
} from "@aws-sdk/client-lambda";
import { answerOf } from "./aws-failure.ts";
import { type AwsPlace, awsClient } from "./aws-place.ts";

/** A function as it is deployed. */
export interface DeployedFunction {
  name: string;
  arn: string;
  /** E.g. `index.replicate`. */
  handler: string;
  runtime: string;
  architecture: string;
  memory: number;
  timeout: number;
  /** E.g. `Active`. */
  state: string;
  codeSha256: string;
  variables: Record<string, string>;
  /** The log group that it writes to. */
  log: string;
}

/** How a stream comes to a function. */
export interface EventSource {
  id: string;
  /** E.g. `Enabled`. */
  state: string;
  /** Why it is so. */
  reason: string | undefined;
  /** What became of the last call, e.g. `OK`. */
  lastResult: string | undefined;
  streamArn: string;
  startingPosition: string | undefined;
  batchSize: number | undefined;
  batchingWindow: number | undefined;
  parallelization: number | undefined;
  maxRecordAge: number | undefined;
  maxRetries: number | undefined;
  bisects: boolean;
  /** Whether records that could not be done are told one by one. */
  partialAnswers: boolean;
  /** Where that what is given up on is told. */
  failureDestination: string | undefined;
}

/** The function and its sources. @throws DdbrError `no-such-object` */
export async function describeFunction(
  place: AwsPlace,
  name: string,
  abortSignal: AbortSignal,
): Promise<{ fn: DeployedFunction; sources: EventSource[] }> {
  const client = new LambdaClient(await awsClient(place, "lambda"));
  const ask = <Answer>(operation: string, sending: Promise<Answer>) =>
    answerOf(sending, { service: "Lambda", operation, subject: `function ${name}` }, abortSignal);
  try {
    const command = new GetFunctionConfigurationCommand({ FunctionName: name });
    const fn = await ask("GetFunctionConfiguration", client.send(command, { abortSignal }));
    const sources: EventSource[] = [];
    let Marker: string | undefined;
    do {
      const list = new ListEventSourceMappingsCommand({ FunctionName: name, Marker });
      const page: ListEventSourceMappingsResponse = await ask(
        "ListEventSourceMappings",
        client.send(list, { abortSignal }),
      );
      sources.push(...(page.EventSourceMappings ?? []).map(sourceOf));
      Marker = page.NextMarker || undefined;
    } while (Marker !== undefined);
    return { fn: functionOf(fn), sources };
  } finally {
    client.destroy();
  }
}

function functionOf(fn: FunctionConfiguration): DeployedFunction {
  return {
    name: fn.FunctionName ?? "",
    arn: fn.FunctionArn ?? "",
    handler: fn.Handler ?? "",
    runtime: fn.Runtime ?? "",
    architecture: fn.Architectures?.[0] ?? "x86_64",
    memory: fn.MemorySize ?? 0,
    timeout: fn.Timeout ?? 0,
    state: fn.State ?? "",
    codeSha256: fn.CodeSha256 ?? "",
    variables: fn.Environment?.Variables ?? {},
    log: fn.LoggingConfig?.LogGroup ?? `/aws/lambda/${fn.FunctionName}`,
  };
}

function sourceOf(source: EventSourceMappingConfiguration): EventSource {
  return {
    id: source.UUID ?? "",
    state: source.State ?? "",
    reason: source.StateTransitionReason,
    lastResult: source.LastProcessingResult,
    streamArn: source.EventSourceArn ?? "",
    startingPosition: source.StartingPosition,
    batchSize: source.BatchSize,
    batchingWindow: source.MaximumBatchingWindowInSeconds,
    parallelization: source.ParallelizationFactor,
    maxRecordAge: source.MaximumRecordAgeInSeconds,
    maxRetries: source.MaximumRetryAttempts,
    bisects: source.BisectBatchOnFunctionError ?? false,
    partialAnswers: source.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
    failureDestination: source.DestinationConfig?.OnFailure?.Destination,
  };
}
