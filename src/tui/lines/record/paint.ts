import { styleText } from "node:util";
import type { Line } from "../../format/spans.ts";
import type { Tones } from "../../terminal/tones.ts";

type Format = Parameters<typeof styleText>[0];

/** A line with its colours, for a terminal that scrolls. */
export function paint(line: Line, tones: Tones): string {
  return trimmed(line)
    .map(({ text, tone }) => {
      const { color, bold, dimColor, inverse } = tone === undefined ? {} : tones[tone];
      const formats = [color, bold && "bold", dimColor && "dim", inverse && "inverse"].filter(Boolean);
      return formats.length === 0 ? text : styleText(formats as Format, text, { validateStream: false });
    })
    .join("");
}

/** Without the blanks at its end, which a window made narrower would fold into lines of their own. */
function trimmed(line: Line): Line {
  const end = line.findLastIndex(({ text }) => text.trimEnd() !== "");
  return line
    .slice(0, end + 1)
    .map((piece, index) => (index === end ? { ...piece, text: piece.text.trimEnd() } : piece));
}
