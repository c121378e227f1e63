export type Level = "info" | "warn" | "error";

/** `[time] [info] [diff-tables] [jobid] text`: the shape that log filters already know. */
export function logLine(level: Level, command: string, jobId: string, text: string): string {
  return `[${new Date().toISOString()}] [${level}] [${command}] [${jobId}] ${text}\n`;
}
