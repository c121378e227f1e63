const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** `02:14`, `1:02:14`, `3d 04:05`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
  const two = (value: number) => String(value).padStart(2, "0");
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3600) % 24, (seconds / 60) % 60].map(
    Math.floor,
  );
  if (days) return `${days}d ${two(hours!)}:${two(minutes!)}`;
  return `${hours ? `${hours}:` : ""}${two(minutes!)}:${two(seconds % 60)}`;
}

/** A time to go, as coarse as it is uncertain; `--:--` when unknown. */
export function remaining(milliseconds: number | undefined): string {
  if (milliseconds === undefined || !Number.isFinite(milliseconds)) return "--:--";
  const step = milliseconds < MINUTE ? SECOND : milliseconds < 10 * MINUTE ? 5 * SECOND : 10 * SECOND;
  return clock(Math.ceil(Math.max(0, milliseconds) / step) * step);
}
