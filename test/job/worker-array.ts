import { createDice } from "../../src/core/demo/dice.ts";
import { DDBR } from "../helpers/cli.ts";
import { type AddedVariables, programEnvironment } from "../helpers/program-environment.ts";

export interface WorkerArray {
  /** The command each worker runs, without the program's name. */
  words: string[];
  env?: AddedVariables;
  /** How many jobs the array has: AWS Batch's variables are set. */
  jobs: number;
  kills: number;
  /** A worker is killed after each so many milliseconds, by chance up to twice or hardly any. */
  killEveryMs: number;
  seed: number;
}

export interface ArrayOutcome {
  kills: number;
  /** The segments that workers said they had done, in the order in which it was heard. */
  done: number[];
}

interface Event {
  event: string;
  segment?: number;
}

/**
 * Stands in for an array job: starts its processes with the variables of AWS Batch set, kills some of them at random, and starts those again
 * that did not end by themselves. Fails when one ends with anything but 0.
 */
export async function runWorkerArray(array: WorkerArray): Promise<ArrayOutcome> {
  const dice = createDice(array.seed);
  const running = new Map<number, Bun.Subprocess>();
  const outcome: ArrayOutcome = { kills: 0, done: [] };

  const runJob = async (index: number): Promise<void> => {
    for (;;) {
      const batch = { AWS_BATCH_JOB_ARRAY_INDEX: `${index}`, AWS_BATCH_JOB_ARRAY_SIZE: `${array.jobs}` };
      const child = Bun.spawn([DDBR, ...array.words, "--json"], {
        env: programEnvironment({ ...array.env, ...batch }),
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      running.set(index, child);
      const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      const code = await child.exited;
      running.delete(index);
      outcome.done.push(...segmentsDone(stdout));
      if (child.signalCode === "SIGKILL") continue;
      if (code !== 0) throw new Error(`a worker ended with ${code}:\n${stdout.slice(-1000)}\n${stderr}`);
      return;
    }
  };
  const jobs = Promise.all(Array.from({ length: array.jobs }, (_, index) => runJob(index)));
  const over = jobs.then(
    () => true,
    () => true,
  );
  while (outcome.kills < array.kills) {
    const pause = Bun.sleep(dice.between(array.killEveryMs / 10, array.killEveryMs * 2)).then(() => false);
    if (await Promise.race([over, pause])) break;
    const victims = [...running.values()];
    victims[dice.between(0, victims.length - 1)]?.kill("SIGKILL");
    outcome.kills++;
  }
  await jobs;
  return outcome;
}

/** A killed program's last line may be cut off. */
function segmentsDone(stdout: string): number[] {
  return stdout.split("\n").flatMap((line) => {
    try {
      const { event, segment } = JSON.parse(line) as Event;
      return event === "segment-done" && segment !== undefined ? [segment] : [];
    } catch {
      return [];
    }
  });
}
