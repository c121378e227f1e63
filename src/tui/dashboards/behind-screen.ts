import { DdbrError } from "../../core/errors.ts";
import type { LineProgram } from "../components/line-screen.tsx";
import { isHangUp, onHangUp } from "../terminal/hang-up.ts";
import { CRASHES, INTERRUPTS, onProcess } from "../terminal/process-events.ts";
import { openScreen, type ScreenOptions } from "../terminal/screen.tsx";

/** What runs behind a screen, and how it is ended. */
export interface Stoppable {
  /** Whether it was asked to stop. */
  readonly stopping: boolean;
  /** Whether nothing is running. */
  readonly over: boolean;
  /** Ends what runs, cleanly. */
  stop(): void;
  /** Ends what runs, or closes what stays when nothing does. */
  quit(): void;
}

/** Where a dashboard is shown; the terminal of this process unless told otherwise. */
export type DashboardTerminal = Partial<ScreenOptions>;

export interface Behind<Result> {
  session: Stoppable;
  /** @param interrupt what Ctrl-C does */
  program(interrupt: () => void): LineProgram;
  /** Starts once the screen is open; the screen closes when it settles. */
  show(terminal: ScreenOptions): Promise<Result>;
}

/**
 * Runs something behind a screen on the terminal's alternate screen. Ctrl-C and signals stop it, as does a terminal
 * that goes away; Ctrl-C or a signal once more leaves at once, rejecting with `interrupted` while it may still go on.
 * Rejects with what `show` rejected with, and with a failure of drawing. The terminal is restored in every case.
 */
export async function runBehindScreen<Result>(
  { session, program, show }: Behind<Result>,
  { stdout = process.stdout, stdin = process.stdin, env = process.env }: DashboardTerminal,
): Promise<Result> {
  const terminal = { stdout, stdin, env };
  const leave = Promise.withResolvers<never>();
  const interrupt = () => {
    if (session.stopping) leave.reject(new DdbrError("interrupted", "stopped"));
    else if (session.over) session.quit();
    else session.stop();
  };
  const screen = openScreen(program(interrupt), terminal);
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
    const result = await Promise.race([show(terminal), leave.promise]);
    if (drawing.failure) throw drawing.failure.error;
    return result;
  } catch (error) {
    session.stop();
    throw drawing.failure ? drawing.failure.error : error;
  } finally {
    screen.close();
    await screen.closed.catch(() => {});
    for (const stop of unlisten) stop();
  }
}
