import { DdbrError } from "../../core/errors.ts";
import type { AccessOptions } from "../../core/table/access.ts";

/** @param prefix of the options' names, e.g. `--primary-` · @throws DdbrError `usage` */
export function accessOption(
  prefix: string,
  profile: string | undefined,
  roleArn: string | undefined,
  externalId: string | undefined,
): AccessOptions {
  const wrong = (message: string, hint: string) => new DdbrError("usage", message, { hint });
  if (profile === "") throw wrong(`${prefix}profile is empty`, "name a profile of ~/.aws/config");
  if (externalId !== undefined && roleArn === undefined) {
    throw wrong(`${prefix}external-id needs ${prefix}role-arn`, "an external id belongs to a role");
  }
  if (roleArn !== undefined && !/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(roleArn)) {
    throw wrong(
      `${prefix}role-arn is ${JSON.stringify(roleArn)}, not a role's ARN`,
      "it looks like arn:aws:iam::123456789012:role/name",
    );
  }
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}
