import { followStream } from "../../core/follow/follow-stream.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import type { FollowRequest } from "./follow-request.ts";
import { openFollow } from "./open-follow.ts";
import { showFollow } from "./show-follow.ts";

/** `ddbr follow`, its words understood; returns the exit code. */
export async function runFollow(request: FollowRequest, mode: OutputMode): Promise<number> {
  const open = await stoppable((signal) => openFollow(request, signal));
  try {
    return await showFollow({
      mode,
      run: (controls) => followStream(open.options, controls),
    });
  } finally {
    await open.close();
  }
}
