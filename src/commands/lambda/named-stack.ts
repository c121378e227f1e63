import type { AwsPlace } from "../../core/deploy/aws-place.ts";
import { DdbrError } from "../../core/errors.ts";
import { accessOption } from "../options/access.ts";

export interface NamedStackWords {
  stack: string;
  region?: string | undefined;
  profile?: string | undefined;
  roleArn?: string | undefined;
  externalId?: string | undefined;
}

/** @throws DdbrError `usage` */
export function parseNamedStack(words: NamedStackWords): { name: string; place: AwsPlace } {
  const { stack, region } = words;
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(stack)) {
    throw new DdbrError("usage", `${JSON.stringify(stack)} is no stack's name`, {
      hint: "name what lambda deploy has made, or a function",
    });
  }
  if (region !== undefined && !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) {
    throw new DdbrError("usage", `--region is ${JSON.stringify(region)}`, {
      hint: "it looks like eu-west-1",
    });
  }
  const access = accessOption("--", words.profile, words.roleArn, words.externalId);
  return { name: stack, place: { region, access } };
}
