import { DdbrError } from "../../errors.ts";
import type { S3StoreOptions } from "../../store/s3/s3-options.ts";
import { parseStoreLocation, type S3Location } from "../../store/store-location.ts";
import type { AwsPlace } from "../aws-place.ts";
import { openStacks, type Stack } from "../stack-client.ts";
import { kindOfStack } from "../template/templates.ts";

/** A deployed runner. */
export interface Runner {
  /** Its stack's name. */
  name: string;
  stateMachineArn: string;
  /** What the places of its runs' state begin with. */
  state: S3Location;
  /** How its functions keep the state. */
  storeOptions: S3StoreOptions & { region: string };
}

/** @throws DdbrError `no-such-object`; `usage` for a stack of another kind; `table-state` for one that was not made whole */
export async function findRunner(place: AwsPlace, name: string, signal: AbortSignal): Promise<Runner> {
  const stacks = await openStacks(place);
  try {
    const stack = await stacks.find(name, signal);
    if (stack !== undefined) return runnerOf(stack, stacks.region);
    throw new DdbrError("no-such-object", `there is none in ${stacks.region}`, {
      subject: `stack ${name}`,
      hint: "check the name and the region, or deploy it: ddbr lambda deploy runner",
    });
  } finally {
    stacks.close();
  }
}

function runnerOf({ name, status, parameters, outputs }: Stack, region: string): Runner {
  const subject = `stack ${name}`;
  if (kindOfStack(parameters) !== "runner") {
    throw new DdbrError("usage", "is no runner of ddbr", {
      subject,
      hint: "name a stack of: ddbr lambda deploy runner",
    });
  }
  const { StateMachineArn, StateUrl } = outputs;
  if (StateMachineArn === undefined || StateUrl === undefined) {
    throw new DdbrError("table-state", `is not there as a whole: ${status}`, {
      subject,
      hint: `see ddbr lambda status ${name}`,
    });
  }
  const { StateRegion, StateEncryptionKey: keyId, StateBucketOwner } = parameters;
  return {
    name,
    stateMachineArn: StateMachineArn,
    state: parseStoreLocation(StateUrl) as S3Location,
    storeOptions: {
      region: StateRegion || region,
      ...(keyId ? { encryption: { kind: "aws:kms", keyId } } : {}),
      ...(StateBucketOwner ? { expectedBucketOwner: StateBucketOwner } : {}),
    },
  };
}
