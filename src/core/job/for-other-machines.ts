import type { WantedJob } from "../state/job-record.ts";

/** What a job leaves for workers on other machines. */
export function forOtherMachines({ settings, ...wanted }: WantedJob): WantedJob {
  return { ...wanted, settings: withoutProfiles(settings) };
}

/**
 * Roles to assume stay, the names of profiles are of one machine.
 * @param settings plain JSON, in which members called `access`, or `…Access`, are AccessOptions
 */
function withoutProfiles(settings: unknown): unknown {
  if (Array.isArray(settings)) return settings.map(withoutProfiles);
  if (typeof settings !== "object" || settings === null) return settings;
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      if (!/^access$|Access$/.test(name)) return [name, withoutProfiles(value)];
      const { profile: _, ...access } = value as { profile?: string };
      return [name, access];
    }),
  );
}
