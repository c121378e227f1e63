import { CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { uniqueName } from "../../test/helpers/environment.ts";
import { FUNCTIONS, runnerDefinition } from "../../test/lambda-deploy/runner-definition.ts";
import { unpack } from "../../test-lambda/helpers/bundle.ts";
import { createFunctionPool, type FunctionPool } from "../../test-lambda/helpers/function-pool.ts";
import { startLambdaApi } from "../../test-lambda/helpers/lambda-api.ts";
import { startStepFunctions } from "../../test-lambda/helpers/step-functions.ts";
import { type Account, HOME } from "./account.ts";
import { codeOf } from "./deployed-code.ts";
import { giveOutputs } from "./give-outputs.ts";

/** A deployed runner whose state machine is executed, its functions being the deployed code in Lambda's runtime. */
export type RunningRunner = {
  name: string;
  /** Where its runs have their state. */
  state: string;
  /** Of the program: where its state machine is executed. */
  env: Record<string, string>;
  sfn: SFNClient;
  /** Calls of its functions wait until they are let go. */
  hold(): () => void;
  /** From now on its functions find no tables. */
  loseTables(isLost: boolean): void;
  stop(): Promise<void>;
};

/** As many as these tests have segments: those beyond would be throttled, and wait. */
const AT_ONCE = 4;

/** @param reach what it may read and write */
export async function startRunner(account: Account, ...reach: string[]): Promise<RunningRunner> {
  const name = uniqueName("runner");
  const state = `s3://${account.codeBucket}/${name}`;
  const words = ["lambda", "deploy", "runner", "--name", name, "--state", state, ...reach];
  const { code, stderr } = await account.ddbr([...words, "--code", `s3://${account.codeBucket}`, "--yes"]);
  if (code !== 0) throw new Error(stderr);
  await giveOutputs(account, name);

  const functions = new Functions(account);
  const called = {
    [FUNCTIONS.SegmentFunction]: `${name}-segment`,
    [FUNCTIONS.CollectFunction]: `${name}-collect`,
  };
  const api = await startLambdaApi((fn, event) => functions.invoke(called[fn as keyof typeof called], event));
  const steps = await startStepFunctions(api.port);
  functions.elsewhere = steps.url;
  const sfn = new SFNClient({ endpoint: steps.url, region: HOME });
  const stop = async () => {
    functions.letGo();
    sfn.destroy();
    await steps.stop();
    await api.stop();
    await functions.stop();
  };
  const machine = new CreateStateMachineCommand({
    name,
    definition: JSON.stringify(await runnerDefinition()),
    roleArn: "arn:aws:iam::123456789012:role/machine",
  });
  await sfn.send(machine).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    name,
    state,
    env: { ...account.env, AWS_ENDPOINT_URL_SFN: steps.url },
    sfn,
    hold: () => functions.hold(),
    loseTables: (isLost) => (functions.tablesAreLost = isLost),
    stop,
  };
}

type Pool = { pool: FunctionPool; drop(): Promise<void> };

class Functions {
  readonly #account: Account;
  readonly #pools = new Map<string, Promise<Pool>>();
  #held: PromiseWithResolvers<void> | undefined;
  /** A server that has no tables. */
  elsewhere = "";
  tablesAreLost = false;

  constructor(account: Account) {
    this.#account = account;
  }

  async invoke(name: string, event: unknown) {
    await this.#held?.promise;
    const kind = `${name} ${this.tablesAreLost}`;
    const making = this.#pools.get(kind) ?? this.#make(name, this.tablesAreLost);
    this.#pools.set(kind, making);
    return await (await making).pool.invoke(event);
  }

  async #make(name: string, isLost: boolean): Promise<Pool> {
    const { fn } = await this.#account.deployed(name);
    const { root, drop } = await unpack(await codeOf(this.#account, fn));
    const variables = {
      ...fn.Environment!.Variables,
      ...this.#account.env,
      ...(isLost && { AWS_ENDPOINT_URL_DYNAMODB: this.elsewhere }),
    };
    const handler = fn.Handler!.split(".")[1]!;
    return { pool: createFunctionPool({ node: "24", root, handler, variables }, AT_ONCE), drop };
  }

  hold(): () => void {
    this.#held = Promise.withResolvers();
    return () => this.letGo();
  }

  letGo(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async stop(): Promise<void> {
    for (const making of this.#pools.values()) {
      const { pool, drop } = await making;
      await pool.stop();
      await drop();
    }
  }
}
