import { Option } from "clipanion";

export const maxCostOption = () =>
  Option.String("--max-cost", {
    description: "dollars that the run may spend on read and write units; then it stops",
  });

export const readPriceOption = () =>
  Option.String("--read-price", {
    description: "dollars for a million read units (default: 0.125, on demand in us-east-1)",
  });

export const writePriceOption = () =>
  Option.String("--write-price", {
    description: "dollars for a million write units (default: 0.625, on demand in us-east-1)",
  });
