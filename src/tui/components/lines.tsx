import { Text } from "ink";
import { fitLine, type Line } from "../format/spans.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** Draws lines below each other, none longer than the screen is wide. */
export function Lines({ lines, canvas }: { lines: readonly Line[]; canvas: Canvas }) {
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen
    <Text key={index} wrap="truncate-end">
      {line.length === 0
        ? " "
        : fitLine(line, canvas.columns, canvas.glyphs.ellipsis).map(({ text, tone }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity either
            <Text key={at} {...(tone && canvas.tones[tone])}>
              {text}
            </Text>
          ))}
    </Text>
  ));
}
