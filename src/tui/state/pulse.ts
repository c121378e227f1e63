/** `repairing` is a repair that was started from the dashboard. */
export type Activity = "starting" | "running" | "repairing" | "paused" | "stopping" | "finished";

/** How a run is doing, whatever it does. */
export interface Pulse {
  activity: Activity;
  /** Running time without pauses, milliseconds. */
  elapsed: number;
  /** Milliseconds to go; undefined when unknown. */
  eta: number | undefined;
  /** 0 to 1. */
  fraction: number;
}

export function isOver({ activity }: Pulse): boolean {
  return activity === "finished";
}
