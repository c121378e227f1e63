import { DdbrError } from "../../core/errors.ts";
import type { Environment } from "../terminal/environment.ts";
import { isHangUp, onHangUp } from "../terminal/hang-up.ts";
import { CRASHES, INTERRUPTS, onProcess } from "../terminal/process-events.ts";
import { openScreen } from "../terminal/screen.tsx";
import { DiffScreen } from "./diff-screen.ts";
import { type DiffDashboardResult, type DiffRuns, DiffSession } from "./diff-session.ts";

export type { DashboardJob, DiffDashboardResult, RepairOffer } from "./diff-session.ts";

export interface DiffDashboardOptions extends DiffRuns {
  /** Of the screen, e.g. `ddbr diff-tables`. */
  title: string;
  /** Closes by itself also when there is something to browse. */
  closeWhenDone?: boolean;
  env?: Environment;
  stdout?: NodeJS.WriteStream;
  stdin?: NodeJS.ReadStream;
}

/**
 * Runs a comparison on the terminal's alternate screen. It closes by itself when nothing was found, and stays for
 * browsing otherwise. `q`, Ctrl-C and signals stop the run, whose summary then says `interrupted`; Ctrl-C or a signal once
 * more leaves at once, rejecting with `interrupted` while the run may still go on.
 * Rejects with what `run` rejected with. The terminal is restored in every case.
 */
export async function showDiffDashboard(options: DiffDashboardOptions): Promise<DiffDashboardResult> {
  const { stdout = process.stdout, stdin = process.stdin, env = process.env } = options;
  const session = new DiffSession(options);
  const leave = Promise.withResolvers<never>();
  const interrupt = () => {
    if (session.stopping) leave.reject(new DdbrError("interrupted", "stopped"));
    else if (session.over) session.quit();
    else session.stop();
  };
  const screen = openScreen(new DiffScreen(session, { title: options.title, interrupt }), {
    stdout,
    stdin,
    env,
  });
  const crashed = (error: unknown) => {
    screen.close();
    leave.reject(error);
  };
  const unlisten = [
    onProcess(INTERRUPTS, interrupt),
    // A terminal that goes away says so in more than one way: it must not count as a second request.
    onProcess(["SIGHUP"], () => session.quit()),
    onProcess(CRASHES, crashed),
    onHangUp([stdout, stdin], () => session.quit()),
  ];
  const drawing: { failure?: { error: unknown } } = {};
  screen.closed.catch((error) => {
    if (!isHangUp(error)) drawing.failure = { error };
    session.quit();
  });
  try {
    const shown = session.show({ stays: !options.closeWhenDone && stdin.isTTY === true });
    const result = await Promise.race([shown, leave.promise]);
    if (drawing.failure) throw drawing.failure.error;
    return result;
  } catch (error) {
    session.stop();
    throw drawing.failure ? drawing.failure.error : error;
  } finally {
    screen.close();
    await screen.closed.catch(() => {});
    for (const stop of unlisten) stop();
    session.spool.close();
  }
}
