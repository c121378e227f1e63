/** fetch() doesn't tell how much of a body has been sent: there is time for all that is being sent at once on a slow line. */
const SLOWEST_BYTES_PER_MS = 100;

/** Ends one request when its server says nothing for too long; how long it takes as a whole doesn't matter. */
export interface Watch {
  /** Aborted with a `TimeoutError`. */
  signal: AbortSignal;
  /** Something came from the server. */
  heard(): void;
  end(): void;
}

/** Watches over requests that share a line, each with `bytes` to send. */
export function createWatcher(): (silenceMs: number, bytes: number) => Watch {
  let sending = 0;
  /** At once, since last nothing was. */
  let most = 0;

  return (silenceMs, bytes) => {
    const controller = new AbortController();
    let unsent = bytes;
    let since = performance.now();
    let timer: ReturnType<typeof setTimeout>;
    sending += bytes;
    most = Math.max(most, sending);

    const check = () => {
      // Asked anew each time: others may have begun to send.
      const limitMs = silenceMs + (unsent === 0 ? 0 : most / SLOWEST_BYTES_PER_MS);
      const leftMs = since + limitMs - performance.now();
      if (leftMs > 0) timer = setTimeout(check, Math.ceil(leftMs));
      else controller.abort(silent(limitMs));
    };
    const end = () => {
      clearTimeout(timer);
      sending -= unsent;
      unsent = 0;
      if (sending === 0) most = 0;
    };
    check();
    return {
      signal: controller.signal,
      heard() {
        since = performance.now();
        if (unsent === 0) return;
        // What is being heard has been sent, and the longer limit with it.
        end();
        check();
      },
      end,
    };
  };
}

function silent(limitMs: number): DOMException {
  return new DOMException(`it said nothing for ${Math.round(limitMs / 1000)} seconds`, "TimeoutError");
}

/** The whole body of an answer that is still coming. */
export async function readBody(response: Response, heard: () => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  heard();
  for await (const chunk of response.body ?? []) {
    heard();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
