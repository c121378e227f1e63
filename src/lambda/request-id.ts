import type { DdbrError } from "../core/errors.ts";

/** The id of the request that failed, as AWS's support asks for it; undefined where no answer came. */
export function requestIdOf({ cause }: DdbrError): string | undefined {
  const { $metadata, headers } = (cause ?? {}) as { $metadata?: { requestId?: string }; headers?: Headers };
  return $metadata?.requestId ?? headers?.get?.("x-amz-request-id") ?? undefined;
}
