import { Option } from "clipanion";
import { keyArguments, keysOption } from "../options/keys.ts";
import { TablePairCommand } from "../options/table-pair-command.ts";

/** What a command on records of two tables is called with. */
export abstract class RecordPairCommand extends TablePairCommand {
  keys = keyArguments();

  keysFile = keysOption();
  json = Option.Boolean("--json", false, { description: "print one JSON event a line" });
  plain = Option.Boolean("--plain", false, { description: "print plain lines also on a terminal" });
  quiet = Option.Boolean("--quiet,-q", false, {
    description: "print no attributes, and of many records only those that matter",
  });
}
