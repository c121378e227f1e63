import { render } from "ink";
import { type LineProgram, LineScreen } from "../components/line-screen.tsx";
import { canvasOf } from "./canvas.ts";
import type { Environment } from "./environment.ts";
import { holdConsole } from "./held-console.ts";

export interface ScreenOptions {
  stdout: NodeJS.WriteStream;
  stdin: NodeJS.ReadStream;
  env: Environment;
}

/** A program on the terminal's alternate screen. */
export interface Screen {
  /** Resolves when it was closed; rejects when drawing failed, with the terminal restored. */
  closed: Promise<void>;
  /** Gives the terminal back as it was; at once, so that it can be done on the way out of a crash. */
  close(): void;
}

const ERASE_ALL = "\x1b[2J\x1b[H";
/** A line that a terminal takes to be wider than it was measured must not push the others down. */
const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";

export function openScreen(program: LineProgram, { stdout, stdin, env }: ScreenOptions): Screen {
  const draw = () => {
    const { columns = 80, rows = 24 } = stdout;
    return <LineScreen program={program} canvas={canvasOf({ columns, rows }, env)} />;
  };
  const releaseConsole = holdConsole();
  stdout.write(NO_WRAP);
  const app = render(draw(), {
    stdout,
    stdin,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    // What a key does is to be seen at once; nothing is drawn that often by itself.
    maxFps: 60,
    exitOnCtrlC: false,
    // Its console would be drawn over, and lost with the alternate screen; see holdConsole.
    patchConsole: false,
  });

  // Ahead of Ink's own listener, which then draws a whole frame of the new size on an empty screen.
  const resized = () => {
    app.clear();
    stdout.write(ERASE_ALL);
    app.rerender(draw());
  };
  stdout.prependListener("resize", resized);

  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    stdout.off("resize", resized);
    app.unmount();
    stdout.write(WRAP);
    releaseConsole();
  };
  return {
    closed: app.waitUntilExit().then(close, (error) => {
      close();
      throw error;
    }),
    close,
  };
}
