import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where a command writes to for as long as it runs. */
export interface DemoDirectory extends Disposable {
  path: string;
}

/** Removed at the end, however the program comes to it: a second Ctrl-C ends it at once. */
export function temporaryDirectory(prefix = "ddbr-demo-"): DemoDirectory {
  const path = mkdtempSync(join(tmpdir(), prefix));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.once("exit", remove);
  return { path, [Symbol.dispose]: remove };
}
