import { escapeForTerminal } from "./escape.ts";

/**
 * The one error of this project: what went wrong, where, and what to do about it.
 * Whatever reaches the user is a DdbrError; everything else is a defect and shown as one.
 */
export class DdbrError extends Error {
  readonly code: ErrorCode;
  /** What was being worked on: a table, a file, an option. */
  readonly subject: string | undefined;
  /** What the user can do; one sentence. */
  readonly hint: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { subject?: string; hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = "DdbrError";
    this.code = code;
    this.subject = details.subject;
    this.hint = details.hint;
  }
}

/** Exit codes: 0 as wished, 1 discrepancies remain, 2 usage or failure, 130 interrupted. */
export const EXIT = { ok: 0, discrepancies: 1, failure: 2, interrupted: 130 } as const;

const EXIT_CODES = {
  usage: EXIT.failure,
  location: EXIT.failure,
  key: EXIT.failure,
  file: EXIT.failure,
  credentials: EXIT.failure,
  permission: EXIT.failure,
  connection: EXIT.failure,
  "no-such-table": EXIT.failure,
  "no-such-bucket": EXIT.failure,
  "no-such-object": EXIT.failure,
  damaged: EXIT.failure,
  archived: EXIT.failure,
  exists: EXIT.failure,
  "table-state": EXIT.failure,
  schema: EXIT.failure,
  "stream-view": EXIT.failure,
  record: EXIT.failure,
  throttled: EXIT.failure,
  service: EXIT.failure,
  "service-refused": EXIT.failure,
  "condition-failed": EXIT.failure,
  interrupted: EXIT.interrupted,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

export function exitCodeOf(error: unknown): number {
  return error instanceof DdbrError ? EXIT_CODES[error.code] : EXIT.failure;
}

/** One line for people: what, where, what to do; safe to print. */
export function describeError(error: unknown): string {
  return escapeForTerminal(errorText(error));
}

function errorText(error: unknown): string {
  if (error instanceof DdbrError) {
    const subject = error.subject ? `${error.subject}: ` : "";
    return `${subject}${error.message}${error.hint ? ` - ${error.hint}` : ""}`;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `unexpected failure: ${message.split("\n", 1)[0]}`;
}
