import { DdbrError } from "../../core/errors.ts";
import { MOST_SEGMENTS } from "../../core/segments.ts";
import type { JobWords } from "./job.ts";
import { numberOption } from "./numbers.ts";
import type { SegmentWords } from "./segment.ts";

const BATCH_INDEX = "AWS_BATCH_JOB_ARRAY_INDEX";
const BATCH_SIZE = "AWS_BATCH_JOB_ARRAY_SIZE";
const KUBERNETES_INDEX = "JOB_COMPLETION_INDEX";

type Environment = Readonly<Record<string, string | undefined>>;

/** A command's words, completed, and what is to be said of that. */
export interface CompletedWords<Words> {
  words: Words & SegmentWords;
  /** One line for people: which segment was taken from where, or why none was. */
  note: string | undefined;
}

/**
 * Completes a command's words by what an array job tells each of its processes: AWS Batch says index and size, Kubernetes
 * the index alone, so that there `--segments` has to be given. `--segment` goes before both.
 * @throws DdbrError `usage` when the environment contradicts itself or `--segments`
 */
export function withArrayJob<Words extends SegmentWords & JobWords>(
  words: Words,
  environment: Environment,
): CompletedWords<Words> {
  if (words.segment !== undefined) return { words, note: undefined };
  // Empty is how a variable is taken away where it cannot be unset.
  const batch = environment[BATCH_INDEX] || undefined;
  const kubernetes = environment[KUBERNETES_INDEX] || undefined;
  if (batch !== undefined && kubernetes !== undefined) {
    throw wrong(`${BATCH_INDEX} and ${KUBERNETES_INDEX} are both set`, "say the segment with --segment");
  }
  if (batch !== undefined) {
    const jobs = environment[BATCH_SIZE];
    // Any number of workers share a state's segments.
    if (words.state !== undefined && jobs && words.segments !== undefined) {
      const segments = count("--segments", words.segments);
      if (segments !== count(BATCH_SIZE, jobs)) {
        return { words, note: `one of ${jobs} jobs that share ${segments} segments` };
      }
    }
    return taken(words, BATCH_INDEX, batch, batchSegments(words.segments, environment[BATCH_SIZE]));
  }
  if (kubernetes === undefined) return { words, note: undefined };
  // An indexed job may as well have been made for something else: a table for each index, say.
  if (words.segments === undefined) {
    return { words, note: `${KUBERNETES_INDEX} is set but --segments is not given: doing all segments` };
  }
  return taken(words, KUBERNETES_INDEX, kubernetes, count("--segments", words.segments));
}

function taken<Words extends SegmentWords>(
  words: Words,
  segmentBy: string,
  index: string,
  segments: number,
): CompletedWords<Words> {
  const segment = numberOption(segmentBy, index, { min: 0, max: MOST_SEGMENTS - 1, integer: true });
  return {
    words: { ...words, segment: String(segment), segments: String(segments), segmentBy },
    note: `segment ${segment} of ${segments} (the first is 0), as ${segmentBy} says`,
  };
}

function batchSegments(segments: string | undefined, size: string | undefined): number {
  const given = segments === undefined ? undefined : count("--segments", segments);
  if (!size) {
    if (given !== undefined) return given;
    throw wrong(
      `${BATCH_INDEX} is set, but not ${BATCH_SIZE}`,
      "say how many segments there are: --segments",
    );
  }
  const jobs = count(BATCH_SIZE, size);
  if (given === undefined || given === jobs) return jobs;
  throw wrong(
    `--segments ${given} contradicts ${BATCH_SIZE}, which is ${jobs}`,
    "leave --segments out, or submit an array of as many jobs",
  );
}

function count(name: string, text: string): number {
  return numberOption(name, text, { min: 1, max: MOST_SEGMENTS, integer: true })!;
}

function wrong(message: string, hint: string): DdbrError {
  return new DdbrError("usage", message, { hint });
}
