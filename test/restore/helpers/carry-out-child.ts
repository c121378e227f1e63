import { describeError } from "../../../src/core/errors.ts";
import { carriedOut } from "./changes.ts";

/** Carries a file out in a process of its own, which can be killed: `<file> <table>`. Tells as JSON what it did. */
const [path = "", location = ""] = process.argv.slice(2);
const { events: _, failure, ...told } = await carriedOut(path, location);
const failed = failure === undefined ? undefined : describeError(failure);
process.stdout.write(`${JSON.stringify({ ...told, failed })}\n`);
