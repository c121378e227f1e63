/**
 * How right `ddbr estimate` is, and what its parameters are on this machine.
 *
 *   bun bench/estimate.ts [parameters [name …]|times [command …]]
 *
 * `parameters`: processor time of each command for items of 350 bytes and of 4,000, which gives microseconds for an item and for each
 * 1,000 bytes (src/core/estimate/parameters.ts, MEASURED).
 * `times`: the model is told what one run has cost the processor and, as the time that an answer takes, what makes its time that of the
 * run; then it says how long a run of four times as many items takes. Printed is how many times that it really takes, for an item, and
 * whether requests and units are those of the estimate.
 *
 * Runs ./ddbr against DynamoDB Local and Ceph's gateway, or against DDBR_TEST_DYNAMODB and DDBR_TEST_S3.
 */

import { startReaper } from "../scripts/testbed/reaper.ts";
import { provideServers } from "../scripts/testbed/servers.ts";
import { parameters } from "./estimate/parameters.ts";
import { times } from "./estimate/times.ts";

const [what, ...names] = process.argv.slice(2);
const reaper = startReaper();
Object.assign(process.env, await provideServers(reaper));
try {
  if (what !== "times") await parameters(names);
  if (what !== "parameters") await times(names);
} finally {
  await reaper.reap();
}
