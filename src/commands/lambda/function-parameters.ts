import {
  ARCHITECTURES,
  LOG_DAYS,
  MEMORY,
  RUNTIMES,
  TIMEOUT,
} from "../../core/deploy/template/function-parts.ts";
import {
  BATCH_SIZE,
  BATCHING_WINDOW,
  LAG_MS,
  PARALLELIZATION,
  POSITIONS,
  RECORD_AGE,
  RETRY_ATTEMPTS,
} from "../../core/deploy/template/stream-parts.ts";
import { DdbrError } from "../../core/errors.ts";
import { choiceOption } from "../options/choice.ts";
import { numberOption } from "../options/numbers.ts";

export interface FunctionWords {
  architecture?: string | undefined;
  runtime?: string | undefined;
  memory?: string | undefined;
  timeout?: string | undefined;
  logRetention?: string | undefined;
  alarmTopic?: string | undefined;
}

export interface StreamWords extends FunctionWords {
  batchSize?: string | undefined;
  batchingWindow?: string | undefined;
  parallelization?: string | undefined;
  start?: string | undefined;
  maxRecordAge?: string | undefined;
  maxRetries?: string | undefined;
  alarmLag?: string | undefined;
  turnoverRole?: string | undefined;
  turnoverAt?: string | undefined;
}

type Parameters = Record<string, string | number | undefined>;

const wrong = (message: string, hint: string) => new DdbrError("usage", message, { hint });
const whole = (option: string, text: string | undefined, range: { min: number; max: number }) =>
  numberOption(option, text, { ...range, integer: true });
/** Undefined where it isn't given. */
const chosen = <Word extends string>(
  option: string,
  text: string | undefined,
  words: readonly [Word, ...Word[]],
) => (text === undefined ? undefined : choiceOption(option, text, words));

/** The template's parameters, as far as they were given. @throws DdbrError `usage` */
export function functionParameters(words: FunctionWords): Parameters {
  const { alarmTopic } = words;
  const days = whole("--log-retention", words.logRetention, { min: 1, max: 3653 });
  if (days !== undefined && !LOG_DAYS.some((one) => one === days)) {
    throw wrong(
      `--log-retention is ${days}, which CloudWatch does not offer`,
      `give one of ${LOG_DAYS.join(", ")}`,
    );
  }
  if (alarmTopic && !/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+$/.test(alarmTopic)) {
    throw wrong(
      `--alarm-topic is ${JSON.stringify(alarmTopic)}, not a topic's ARN`,
      "it looks like arn:aws:sns:eu-west-1:123456789012:name",
    );
  }
  return {
    Architecture: chosen("--architecture", words.architecture, ARCHITECTURES),
    Runtime: chosen("--runtime", words.runtime, RUNTIMES),
    MemorySize: whole("--memory", words.memory, MEMORY),
    Timeout: whole("--timeout", words.timeout, TIMEOUT),
    LogRetention: days,
    AlarmTopic: alarmTopic,
  };
}

/** @throws DdbrError `usage` */
export function streamParameters(words: StreamWords): Parameters {
  const start = chosen("--start", words.start, ["trim-horizon", "latest"]);
  const lag = numberOption("--alarm-lag", words.alarmLag, { min: LAG_MS.min / 1000, max: LAG_MS.max / 1000 });
  return {
    ...functionParameters(words),
    BatchSize: whole("--batch-size", words.batchSize, BATCH_SIZE),
    BatchingWindow: whole("--batching-window", words.batchingWindow, BATCHING_WINDOW),
    ParallelizationFactor: whole("--parallelization", words.parallelization, PARALLELIZATION),
    StartingPosition: start && POSITIONS[start === "latest" ? 1 : 0],
    MaximumRecordAge: whole("--max-record-age", words.maxRecordAge, RECORD_AGE),
    MaximumRetryAttempts: whole("--max-retries", words.maxRetries, RETRY_ATTEMPTS),
    AlarmLag: lag === undefined ? undefined : Math.round(lag * 1000),
    ...turnoverParameters(words),
  };
}

/** What a `Date` can hold. */
const LATEST_MS = 8.64e15;

function turnoverParameters({ turnoverRole, turnoverAt }: StreamWords): Parameters {
  const role = chosen("--turnover-role", turnoverRole, ["before", "after", "none"]);
  const at = whole("--turnover-at", turnoverAt, { min: 0, max: LATEST_MS });
  if (role === "none" && at === undefined) return { TurnoverRole: "", TurnoverAt: "" };
  if (role === "none" || (role === undefined) !== (at === undefined)) {
    throw wrong("--turnover-role and --turnover-at belong together", "give both, or --turnover-role none");
  }
  return { TurnoverRole: role?.toUpperCase(), TurnoverAt: at };
}

/** Those that are given, as CloudFormation takes them. */
export function given(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}
