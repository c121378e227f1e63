import stringWidth from "string-width";

/** A text folded to a width of columns: which piece of it each line holds. */
export interface FoldedText {
  readonly text: string;
  readonly lines: number;
  /** UTF-16 units `[start, end)` of a line. */
  line(index: number): [start: number, end: number];
}

/** Folds at any column: values hold no words to be kept together. Half a megabyte takes no time worth mention. */
export function fold(text: string, width: number): FoldedText {
  const columns = Math.max(2, width);
  return /[^\u0020-\u007e]/.test(text) ? foldWide(text, columns) : foldAscii(text, columns);
}

function foldAscii(text: string, columns: number): FoldedText {
  return {
    text,
    lines: Math.max(1, Math.ceil(text.length / columns)),
    line: (index) => [index * columns, Math.min(text.length, (index + 1) * columns)],
  };
}

/** Clusters of characters, which may take one column, several or none, are not cut in two. */
function foldWide(text: string, columns: number): FoldedText {
  const starts = [0];
  let column = 0;
  let index = 0;
  for (const cluster of clusters(text, columns)) {
    const width = clusterWidth(cluster);
    if (column + width > columns) {
      starts.push(index);
      column = 0;
    }
    column += width;
    index += cluster.length;
  }
  return {
    text,
    lines: starts.length,
    line: (line) => [starts[line]!, starts[line + 1] ?? text.length],
  };
}

const segmenter = new Intl.Segmenter();
/** UTF-16 units; a chain of joined emoji can be as long as its author likes, and a line must not be. */
const LONGEST_CLUSTER = 64;

/** A cluster that fits on no line falls into its characters. */
function* clusters(text: string, columns: number): Generator<string, void, void> {
  for (const { segment } of segmenter.segment(text)) {
    if (segment.length <= LONGEST_CLUSTER && clusterWidth(segment) <= columns) yield segment;
    else yield* segment;
  }
}

const widths = new Map<string, number>();
const WIDTHS_KEPT = 10_000;

function clusterWidth(cluster: string): number {
  if (cluster >= " " && cluster <= "~" && cluster.length === 1) return 1;
  let width = widths.get(cluster);
  if (width === undefined) {
    if (widths.size >= WIDTHS_KEPT) widths.clear();
    width = stringWidth(cluster);
    widths.set(cluster, width);
  }
  return width;
}
