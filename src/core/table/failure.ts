import {
  isClockSkewCorrectedError,
  isServerError,
  isThrottlingError,
  isTransientError,
} from "@smithy/core/retry";
import { DdbrError, type ErrorCode } from "../errors.ts";

/** Failures that pass by themselves; anything else is final. */
const PASSING: ReadonlySet<ErrorCode> = new Set(["throttled", "connection", "service"]);

export function isPassing(error: unknown): boolean {
  return error instanceof DdbrError && PASSING.has(error.code);
}

type ServiceError = Error & Parameters<typeof isTransientError>[0] & { code?: string };

const CREDENTIAL_ERRORS =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken(Exception)?|UnrecognizedClientException|InvalidSignatureException|MissingAuthenticationToken(Exception)?|InvalidClientTokenId|IncompleteSignature(Exception)?|SSOTokenProviderFailure)$/;
const PERMISSION_ERRORS = /^(AccessDenied(Exception)?|NotAuthorized|OptInRequired|KMSAccessDeniedException)$/;
/** Somebody else is writing the very record: a transaction, or a replica of a global table. */
const CONFLICT_ERRORS =
  /^(TransactionConflictException|TransactionInProgressException|ReplicatedWriteConflictException)$/;
const CONNECTION_CODES =
  /^(ConnectionRefused|ConnectionClosed|ConnectionReset|FailedToOpenSocket|Timeout|E[A-Z]+|UND_ERR.*|ZlibError|InvalidHTTPResponse|UnexpectedEOF.*)$/;

/**
 * Turns whatever the SDK throws into a DdbrError.
 * @param subject the table's location as the user typed it
 */
export function toDdbrError(thrown: unknown, operation: string, subject: string): DdbrError {
  if (thrown instanceof DdbrError) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as ServiceError;
  const wrap = (code: ErrorCode, message: string, hint?: string) =>
    new DdbrError(code, message, { subject, hint, cause: error });
  const said = firstLine(error.message);

  if (error.name === "ConditionalCheckFailedException") return wrap("condition-failed", said);
  if (isThrottlingError(error)) {
    return wrap(
      "throttled",
      `throttled by DynamoDB at ${operation} (${error.name})`,
      "try again later, or at a lower rate",
    );
  }
  if (isClockSkewCorrectedError(error)) return wrap("service", `${operation}: ${said}`);
  if (CREDENTIAL_ERRORS.test(error.name)) {
    return wrap(
      "credentials",
      said,
      "check AWS_PROFILE or the environment's credentials, or sign in again (aws sso login)",
    );
  }
  if (PERMISSION_ERRORS.test(error.name)) {
    return wrap(
      "permission",
      `not allowed to ${operation}: ${said}`,
      `grant dynamodb:${operation} on this table`,
    );
  }
  if (error.name === "ResourceNotFoundException") {
    return wrap("no-such-table", "no such table", "check the name, the region and the account");
  }
  if (isConnectionFailure(error)) {
    return wrap(
      "connection",
      `cannot reach the server: ${connectionReason(error)}`,
      "check the address and the network",
    );
  }
  if (error instanceof NotDynamoDb || error instanceof SyntaxError || error.message === "UnknownError") {
    // Whole, but not what DynamoDB says; a proxy on the way may fail so for a moment.
    return wrap(
      isServerError(error) || isTransientError(error) ? "service" : "service-refused",
      "what answers there does not speak DynamoDB",
      "check the address: a DynamoDB endpoint belongs before the table's name",
    );
  }
  if (CONFLICT_ERRORS.test(error.name)) {
    return wrap("service", `${operation}: ${error.name}: ${said}`, "try again later");
  }
  if (isServerError(error) || isTransientError(error)) {
    return wrap("service", `DynamoDB failed at ${operation}: ${error.name}: ${said}`, "try again later");
  }
  if (error.message === "Invalid URL") {
    return wrap(
      "connection",
      "the server's address is not a URL",
      "check AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL",
    );
  }
  return wrap("service-refused", `${operation} refused: ${error.name}: ${said}`);
}

/** An answer that cannot be one of DynamoDB. */
export class NotDynamoDb extends Error {}

function isConnectionFailure(error: ServiceError): boolean {
  if (error.$metadata?.httpStatusCode !== undefined) return false;
  // A cut-off or garbled answer fails in JSON.parse.
  if (error instanceof SyntaxError || error.name === "TimeoutError") return true;
  if (CONNECTION_CODES.test(error.code ?? "")) return true;
  return error instanceof TypeError && /fetch|network|body|terminated|socket/i.test(error.message);
}

/** Bun adds advice for programmers; Node tells the reason only in the cause. */
export function connectionReason({ message, cause }: Error): string {
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : message;
  return firstLine(reason).replace(/\. For more information, pass.*$/, "");
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
