import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { DdbrError } from "../../core/errors.ts";
import { accessOption } from "../options/access.ts";
import { type DeployRequest, type DeployWords, parseDeployWords } from "./deploy-request.ts";
import { given, type StreamWords, streamParameters } from "./function-parameters.ts";
import { awsTable, describeAwsTable, streamParameter } from "./stream-source.ts";

export interface ReplicatorWords extends DeployWords, StreamWords {
  primary: string;
  replica: string;
  replicaProfile?: string | undefined;
  replicaRoleArn?: string | undefined;
  replicaExternalId?: string | undefined;
  functionRole?: string | undefined;
  functionExternalId?: string | undefined;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseReplicatorRequest(words: ReplicatorWords): DeployRequest {
  const primary = awsTable(words.primary);
  const replica = awsTable(words.replica);
  const { access, ...request } = parseDeployWords("replicator", words, primary.name);
  const replicaOwn = accessOption(
    "--replica-",
    words.replicaProfile,
    words.replicaRoleArn,
    words.replicaExternalId,
  );
  const replicaAccess = Object.keys(replicaOwn).length > 0 ? replicaOwn : access;
  return {
    ...request,
    place: { region: primary.region, access },
    parameters: given({
      ...streamParameters(words),
      ...functionRole("Replica", words.functionRole, words.functionExternalId),
    }),
    async prepare(signal) {
      const [table, copy] = await Promise.all([
        describeAwsTable(primary, access, signal),
        describeAwsTable(replica, replicaAccess, signal),
      ]);
      if (table.TableArn === copy.TableArn) {
        throw new DdbrError("usage", "primary and replica are the same table", {
          hint: "its changes would come round for ever",
        });
      }
      if (keysOf(table) !== keysOf(copy)) {
        throw new DdbrError("schema", `its key is ${keysOf(copy)}, the primary's ${keysOf(table)}`, {
          subject: replica.text,
          hint: "a replica has the primary's key",
        });
      }
      const { parameters, stream } = streamParameter(table, primary, access);
      return {
        parameters: { ...parameters, ReplicaTable: copy.TableArn! },
        warnings: [],
        ...(stream && { stream }),
      };
    },
  };
}

/** The role that a function assumes to write; to none again by an empty word. @throws DdbrError `usage` */
export function functionRole(
  prefix: "Replica" | "Backup" | "Snapshot",
  role: string | undefined,
  externalId: string | undefined,
): Record<string, string | undefined> {
  if (role === "") return { [`${prefix}Role`]: "", [`${prefix}ExternalId`]: "" };
  accessOption("--function-", undefined, role, externalId);
  return { [`${prefix}Role`]: role, [`${prefix}ExternalId`]: externalId };
}

function keysOf({ KeySchema = [], AttributeDefinitions = [] }: TableDescription): string {
  const type = (name?: string) =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  return KeySchema.map(({ AttributeName }) => `${AttributeName} (${type(AttributeName)})`).join(" + ");
}
