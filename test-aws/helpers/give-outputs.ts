import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { type Account, HOME } from "./account.ts";

/** moto gives no outputs to a stack that a change set has made: only to one that is updated without. */
export async function giveOutputs({ env }: Account, StackName: string): Promise<void> {
  const client = new CloudFormationClient({ endpoint: env.AWS_ENDPOINT_URL!, region: HOME });
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    const Parameters = Stacks![0]!.Parameters!.map((parameter) =>
      parameter.ParameterKey === "LogRetention" ? { ...parameter, ParameterValue: "14" } : parameter,
    );
    await client.send(new UpdateStackCommand({ StackName, UsePreviousTemplate: true, Parameters }));
  } finally {
    client.destroy();
  }
}
