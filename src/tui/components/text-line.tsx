import { Text } from "ink";
import { fitLine, type Line } from "../format/spans.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** One line of the screen, cut where the screen ends. */
export function TextLine({ line, canvas }: { line: Line; canvas: Canvas }) {
  const fitted = fitLine(line, canvas.columns, canvas.glyphs.ellipsis);
  return (
    <Text wrap="truncate-end">
      {fitted.every(({ text }) => text === "")
        ? " "
        : fitted.map(({ text, tone }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place in the line
            <Text key={at} {...(tone && canvas.tones[tone])}>
              {text}
            </Text>
          ))}
    </Text>
  );
}
