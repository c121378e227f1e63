import { appendFileSync, closeSync, openSync } from "node:fs";
import { DdbrError } from "../../core/errors.ts";
import type { TransferReport } from "../../core/transfer/transfer-events.ts";

/** Appends a line of JSON for every request to a file; only its owner can read it. @throws DdbrError `file` when it cannot be made */
export function createRequestLog(path: string): { report: TransferReport; [Symbol.dispose](): void } {
  const file = withFile(path, () => openSync(path, "a", 0o600));
  let buffer = "";
  const flush = () => {
    const lines = buffer;
    buffer = "";
    withFile(path, () => appendFileSync(file, lines));
  };
  return {
    report(event) {
      if (event.type !== "answered" && event.type !== "retried") return;
      const { type, ...fields } = event;
      buffer += `${JSON.stringify({ time: new Date().toISOString(), event: type, ...fields })}\n`;
      if (buffer.length > 64 * 1024) flush();
    },
    [Symbol.dispose]() {
      flush();
      closeSync(file);
    },
  };
}

function withFile<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw new DdbrError("file", `cannot be written: ${(error as Error).message}`, {
      subject: path,
      hint: "name a file in a folder that is there and can be written to",
      cause: error,
    });
  }
}
