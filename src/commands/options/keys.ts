import { Option } from "clipanion";

/** The keys of the records that a command is for, as arguments. */
export const keyArguments = () => Option.Rest({ name: "key" });

export const keysOption = () =>
  Option.String("--keys", {
    description: "a file of keys, one JSON object a line, or a report of diff-tables; - is standard input",
  });

/** How a command is told of its records. */
export interface KeyWords {
  /** As typed; none: standard input, where that is no terminal. */
  keys: string[];
  keysFile?: string | undefined;
}
