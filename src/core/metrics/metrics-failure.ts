import { DdbrError, type ErrorCode } from "../errors.ts";
import { toDdbrError } from "../table/failure.ts";

const OPERATION = "PutMetricData";

/** Turns whatever kept metrics from being sent into a DdbrError: what a table's failure is, in CloudWatch's words. */
export function metricsFailure(thrown: unknown, subject: string): DdbrError {
  const known = toDdbrError(thrown, OPERATION, subject);
  const { message, hint } = wordsFor(known, known.cause instanceof Error ? known.cause : known);
  return new DdbrError(known.code, message, { subject, hint, cause: thrown });
}

export function noRegion(thrown: unknown, subject: string): DdbrError {
  const said = thrown instanceof Error ? firstLine(thrown.message) : String(thrown);
  return new DdbrError("location", `no region to send them to: ${said}`, {
    subject,
    hint: "name the region before the namespace, or set AWS_REGION",
    cause: thrown,
  });
}

export function notInTime(thrown: unknown, subject: string): DdbrError {
  return new DdbrError("connection", "gave up waiting to send them", {
    subject,
    hint: "check the network, and where the credentials come from",
    cause: thrown,
  });
}

function wordsFor(known: DdbrError, cause: Error): { message: string; hint: string | undefined } {
  // Credentials and regions are named by whoever looked for them.
  if (KEPT.has(known.code)) return { message: known.message, hint: known.hint };
  const said = firstLine(cause.message);
  if (known.code === "permission") {
    return { message: `not allowed to ${OPERATION}: ${said}`, hint: `grant cloudwatch:${OPERATION}` };
  }
  if (known.code === "connection") return { message: known.message, hint: CHECK_ADDRESS };
  if (cause instanceof SyntaxError || cause.message === "UnknownError") {
    return { message: "what answers there does not speak CloudWatch", hint: CHECK_ADDRESS };
  }
  if (known.code === "throttled")
    return { message: `throttled by CloudWatch (${cause.name})`, hint: undefined };
  if (known.code === "service") {
    return { message: `CloudWatch failed at ${OPERATION}: ${cause.name}: ${said}`, hint: undefined };
  }
  return { message: `${OPERATION} refused: ${cause.name}: ${said}`, hint: "check the namespace" };
}

const KEPT: ReadonlySet<ErrorCode> = new Set(["credentials", "location"]);
const CHECK_ADDRESS =
  "check the network, the region, and AWS_ENDPOINT_URL_CLOUDWATCH or AWS_ENDPOINT_URL where set";

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
