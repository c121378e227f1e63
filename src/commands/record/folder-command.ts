import { Option } from "clipanion";
import { keyArguments, keysOption } from "../options/keys.ts";
import { TableTransferCommand } from "../options/transfer-command.ts";

/** What a command on records of a table and of its incremental folder is called with. */
export abstract class RecordFolderCommand extends TableTransferCommand {
  table = Option.String({ name: "table" });
  url = Option.String({ name: "url" });
  keys = keyArguments();

  keysFile = keysOption();
  ignore = Option.Array("--ignore", { description: "an attribute that does not count (repeatable)" });
  override quiet = Option.Boolean("--quiet,-q", false, {
    description: "print no attributes, and of many records only those that matter",
  });
  /** Single records are always read so. */
  override consistent = Option.Boolean("--consistent", false, { hidden: true });
}
