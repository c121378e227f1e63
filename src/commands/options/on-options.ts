import { Option } from "clipanion";

export const onOption = () =>
  Option.String("--on", {
    description: "let a runner of `lambda deploy runner` do the work: its stack, or region/stack",
  });

export const joinOption = () =>
  Option.String("--join", {
    description: "with --on: come back to this run, or go on with it where it failed",
  });

export const tolerateOption = () =>
  Option.String("--tolerate", {
    description: "with --on: percent of the segments that may fail until no more are begun (default: 10)",
  });

export const onProfileOption = () =>
  Option.String("--on-profile", {
    description: "AWS profile for the runner's stack and the run's state",
  });
