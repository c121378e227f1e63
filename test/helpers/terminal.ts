import headless from "@xterm/headless";

/** The look of one character on the screen; a colour is an index of the palette, `#rrggbb`, or undefined. */
export type CellStyle = {
  char: string;
  foreground: number | string | undefined;
  background: number | string | undefined;
  bold: boolean;
  dim: boolean;
  inverse: boolean;
  underline: boolean;
};

/** A terminal emulator that keeps what a person would see. */
export class Screen {
  private readonly terminal: InstanceType<typeof headless.Terminal>;

  constructor(cols: number, rows: number) {
    this.terminal = new headless.Terminal({ cols, rows, scrollback: 10_000, allowProposedApi: true });
  }

  /** Resolves when the bytes have taken effect. */
  feed(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.terminal.write(bytes, resolve));
  }

  resize(cols: number, rows: number): void {
    this.terminal.resize(cols, rows);
  }

  /** Whether a full-screen program has taken the alternate screen. */
  get alternate(): boolean {
    return this.terminal.buffer.active.type === "alternate";
  }

  /** The lines in view, from the top, without the blanks at their ends. */
  lines(): string[] {
    const { active } = this.terminal.buffer;
    return this.read(active.viewportY, active.viewportY + this.terminal.rows);
  }

  /** All lines, those scrolled out of view too. */
  history(): string[] {
    return this.read(0, this.terminal.buffer.active.length);
  }

  /** The look of the character in a line and column of the view, from 0. */
  cellStyle(line: number, column: number): CellStyle | undefined {
    const { active } = this.terminal.buffer;
    const cell = active.getLine(active.viewportY + line)?.getCell(column);
    if (!cell) return undefined;
    return {
      char: cell.getChars(),
      foreground: colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
      background: colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      inverse: cell.isInverse() !== 0,
      underline: cell.isUnderline() !== 0,
    };
  }

  private read(from: number, to: number): string[] {
    const { active } = this.terminal.buffer;
    return Array.from(
      { length: to - from },
      (_, at) => active.getLine(from + at)?.translateToString(true) ?? "",
    );
  }
}

function colour(isDefault: boolean, isRgb: boolean, value: number): number | string | undefined {
  if (isDefault) return undefined;
  return isRgb ? `#${value.toString(16).padStart(6, "0")}` : value;
}
