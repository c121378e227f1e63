import { DdbrError, type ErrorCode } from "../errors.ts";
import { toDdbrError } from "../table/failure.ts";

/** What a request was for, as a message tells it. */
export interface Request {
  service: "CloudFormation" | "Lambda" | "Step Functions" | "SQS" | "CloudWatch" | "CloudWatch Logs";
  operation: string;
  /** The stack, the function, the state machine, the queue or the log. */
  subject: string;
}

/** What these services call something that isn't there. */
const ABSENT =
  /^(ResourceNotFoundException|ResourceNotFound|ExecutionDoesNotExist|StateMachineDoesNotExist|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue|ChangeSetNotFound(Exception)?)$/;
/** Who asks is not known, or may not: said by these services in words of their own. */
const NOT_ALLOWED =
  /^(AccessDenied(Exception)?|AuthorizationError|UnauthorizedOperation|InsufficientCapabilities(Exception)?)$/;

/** Turns whatever a request to AWS ends with into a DdbrError. */
function awsFailure(thrown: unknown, { service, operation, subject }: Request): DdbrError {
  if (thrown instanceof DdbrError) return thrown;
  const known = toDdbrError(thrown, operation, subject);
  const cause = known.cause instanceof Error ? known.cause : known;
  const said = cause.message.split("\n", 1)[0] ?? "";
  const wrap = (code: ErrorCode, message: string, hint?: string) =>
    new DdbrError(code, message, { subject, hint, cause: thrown });
  if (ABSENT.test(cause.name)) return wrap("no-such-object", "is not there", "check the name and the region");
  if (NOT_ALLOWED.test(cause.name)) {
    return wrap(
      "permission",
      `not allowed to ${operation}: ${said}`,
      "grant it to who deploys: docs/lambda.md",
    );
  }
  switch (known.code) {
    case "credentials":
      return known;
    case "connection":
      return wrap(
        "connection",
        known.message,
        "check the network, the region, and AWS_ENDPOINT_URL where set",
      );
    case "throttled":
      return wrap("throttled", `throttled by ${service} at ${operation}`, "try again later");
    case "service":
      return wrap("service", `${service} failed at ${operation}: ${said}`, "try again later");
    default:
      if (cause instanceof SyntaxError || cause.message === "UnknownError")
        return notThat({ service, subject }, thrown);
      return wrap("service-refused", `${operation} refused: ${said}`);
  }
}

/** Something else answers. */
export function notThat(
  { service, subject }: Pick<Request, "service" | "subject">,
  cause?: unknown,
): DdbrError {
  return new DdbrError("service-refused", `what answers there does not speak ${service}`, {
    subject,
    hint: "check AWS_ENDPOINT_URL",
    cause,
  });
}

/** Waits for an answer; a stop rejects with its reason, everything else with a DdbrError. */
export async function answerOf<Answer>(
  sending: Promise<Answer>,
  request: Request,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    return await sending;
  } catch (error) {
    signal.throwIfAborted();
    throw awsFailure(error, request);
  }
}
