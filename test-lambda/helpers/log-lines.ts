type Line = Record<string, unknown>;

/** A log's lines, each of which is JSON. */
function linesOf(log: string[]): Line[] {
  return log.map((line) => JSON.parse(line));
}

/** The lines with this message, such as `batch`, by which each batch is told. */
export function linesSaying(message: string, log: string[]): Line[] {
  return linesOf(log).filter((line) => line.message === message);
}

/** What CloudWatch makes metrics of, each line those of one call. */
export function metricsLines(log: string[]): Line[] {
  return linesOf(log).filter((line) => "_aws" in line);
}
