import { MEMORY } from "../../core/deploy/template/function-parts.ts";
import { STORAGE } from "../../core/deploy/template/runner.ts";
import { DdbrError } from "../../core/errors.ts";
import type { S3Location } from "../../core/store/store-location.ts";
import { accessOption } from "../options/access.ts";
import { numberOption } from "../options/numbers.ts";
import { type StoreWords, storeAccess } from "../options/store-access.ts";
import { bucketPlace, keepsVersions, keyArn } from "./bucket-request.ts";
import { type DeployRequest, type DeployWords, parseDeployWords } from "./deploy-request.ts";
import { type FunctionWords, functionParameters, given } from "./function-parameters.ts";
import { list, parseReached, type ReachWords } from "./reached.ts";

export interface RunnerWords extends DeployWords, FunctionWords, ReachWords, StoreWords {
  region?: string | undefined;
  state?: string | undefined;
  stateKmsKey?: string | undefined;
  bucketRegion?: string | undefined;
  kmsKey?: string[] | undefined;
  assumeRoleArn?: string[] | undefined;
  collectMemory?: string | undefined;
  collectStorage?: string | undefined;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseRunnerRequest(words: RunnerWords): DeployRequest {
  const state = statePlace(words.state);
  const { access, ...request } = parseDeployWords("runner", words);
  const reach = parseReached(words);
  const storeOptions = storeAccess(words, access);
  return {
    ...request,
    place: { region: words.region, access },
    parameters: given({
      ...functionParameters(words),
      StateBucket: state?.bucket,
      StatePrefix: state?.prefix,
      StateRegion: words.bucketRegion,
      StateEncryptionKey: keyArn("--state-kms-key", words.stateKmsKey),
      StateBucketOwner: words.bucketOwner,
      Keys: words.kmsKey && list(words.kmsKey.map((key) => keyArn("--kms-key", key)!)),
      Roles: words.assumeRoleArn && list(words.assumeRoleArn.map(role)),
      CollectMemorySize: whole("--collect-memory", words.collectMemory, MEMORY),
      CollectStorage: whole("--collect-storage", words.collectStorage, STORAGE),
    }),
    needed: [
      {
        parameter: "StateBucket",
        option: "--state",
        what: "a place for its runs' state: s3://bucket/prefix",
      },
      { parameter: "ReadTables", option: "--reads", what: "what its runs may reach: --reads and --writes" },
    ],
    async prepare(signal, region) {
      const [parameters = {}, versions] = await Promise.all([
        reach?.({ access, region, signal }),
        state && keepsVersions(state, storeOptions, signal),
      ]);
      const kept = `${state?.text}: the bucket keeps versions, of which a run leaves many: better one without, or a rule that deletes them`;
      return { parameters, warnings: versions === true ? [kept] : [] };
    },
  };
}

function statePlace(text: string | undefined): S3Location | undefined {
  if (text === undefined) return undefined;
  const place = bucketPlace(text);
  if (place.prefix !== "") return place;
  throw new DdbrError("usage", `--state ${place.text} names no folder`, {
    hint: "it looks like s3://bucket/runs",
  });
}

/** Nobody where it is empty. */
function role(arn: string): string {
  if (arn !== "") accessOption("--assume-", undefined, arn, undefined);
  return arn;
}

function whole(option: string, text: string | undefined, range: { min: number; max: number }) {
  return numberOption(option, text, { ...range, integer: true });
}
