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
/**
 * Latin, Greek, Cyrillic, Kana, ideographs, Hangul syllables: among themselves each is a cluster of its own, which is slow to be
 * told one by one.
 */
const ALONE =
  " -~\\u00c0-\\u024f\\u0391-\\u03a1\\u03a3-\\u03ff\\u0400-\\u0482\\u048a-\\u052f\\u3041-\\u3096\\u30a1-\\u30fa\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3";
/** Everything else may join its neighbours, on either side. */
const JOINING = new RegExp(`[${ALONE}]?[^${ALONE}]+(?:[${ALONE}][^${ALONE}]+)*[${ALONE}]?`, "g");

function* clusters(text: string, columns: number): Generator<string, void, void> {
  let done = 0;
  for (const { 0: joining, index } of text.matchAll(JOINING)) {
    for (; done < index; done++) yield text[done]!;
    for (const { segment } of segmenter.segment(joining)) yield* wholeOrParts(segment, columns);
    done += joining.length;
  }
  for (; done < text.length; done++) yield text[done]!;
}

/** A cluster that fits on no line falls into its characters. */
function* wholeOrParts(cluster: string, columns: number): Generator<string, void, void> {
  if (cluster.length <= LONGEST_CLUSTER && clusterWidth(cluster) <= columns) yield cluster;
  else yield* cluster;
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
