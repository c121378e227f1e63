/** What a worker tells the others of one limit. */
export interface MeterBeat {
  /** Units consumed by the workers of this name since the run began. */
  consumed: number;
  /** Units a second that it would take; Infinity where nothing but its share holds it back. */
  wanted: number;
  /** Whether the table has throttled it since its heartbeat before. */
  throttled: boolean;
}

/** What a worker tells the others every few seconds. No clock's time is in it: clocks differ. */
export interface Heartbeat {
  /** `[a-z0-9-]`, at most 48; no two that are alive have the same. One that takes another's place takes its name. */
  worker: string;
  /** Counts the heartbeats of this name, from 1: the higher one is the newer. */
  sequence: number;
  /** It has stopped, and consumes no more. */
  left: boolean;
  /** Billionths of a dollar: what the workers of this name have spent or set aside. Whoever dies never gives back the latter. */
  charged: number;
  /** By the limit's name: `[a-z0-9-]`, at most 16; at most four. */
  meters: Readonly<Record<string, MeterBeat>>;
}

/** Where the workers of one run leave their heartbeats. */
export interface HeartbeatPlace {
  /** Resolves when every later `read` of anybody shows it, or a newer one of this name. */
  publish(heartbeat: Heartbeat, signal?: AbortSignal): Promise<void>;
  /**
   * The newest heartbeat of every worker that the run has ever had, also of those that are gone. Older ones may be among them, and
   * one that is replaced just then may be missing.
   */
  read(signal?: AbortSignal): Promise<Heartbeat[]>;
}
