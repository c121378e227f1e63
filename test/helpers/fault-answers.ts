import type { Fault } from "./fault-rules.ts";

export type Answer = { status: number; headers: Record<string, string>; body: string };
export type Service = "dynamodb" | "s3";

/** The error a service itself would answer with; undefined for faults that are not error answers. */
export function errorAnswer(fault: Fault, service: Service): Answer | undefined {
  const make = service === "dynamodb" ? dynamoDbError : s3Error;
  switch (fault.kind) {
    case "throttle":
      return service === "s3"
        ? make(503, "SlowDown", "Please reduce your request rate.")
        : make(
            400,
            fault.code ?? "ProvisionedThroughputExceededException",
            "The level of configured throughput was exceeded.",
          );
    case "server-error":
      if (fault.status === 503) return make(503, "ServiceUnavailable", "Please try again.");
      return make(
        500,
        service === "s3" ? "InternalError" : "InternalServerError",
        "An internal error occurred.",
      );
    case "access-denied":
      return service === "s3"
        ? make(403, "AccessDenied", "Access Denied")
        : make(400, "AccessDeniedException", "User is not authorized to perform this operation.");
    case "refuse":
      return make(400, fault.code, "The request was refused.");
    default:
      return undefined;
  }
}

function dynamoDbError(status: number, code: string, message: string): Answer {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message });
  return jsonAnswer(status, body);
}

function s3Error(status: number, code: string, message: string): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}

export function jsonAnswer(status: number, body: string): Answer {
  return { status, headers: { "content-type": "application/x-amz-json-1.0" }, body };
}
