import { Option } from "clipanion";

export const stateOption = () =>
  Option.String("--state", {
    description:
      "share the work, its rates and --max-cost with other processes through this folder of S3 or disk, one for each run",
  });

export const leaseOption = () =>
  Option.String("--lease", {
    description: "seconds after which a worker that is not heard of loses its segment (default: 30)",
  });

export const checkpointOption = () =>
  Option.String("--checkpoint", {
    description: "seconds of work that are lost at most when a worker is killed (default: 60)",
  });
