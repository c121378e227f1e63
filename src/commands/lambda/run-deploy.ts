import { bundleName, readBundle } from "../../core/deploy/bundle.ts";
import type { DeployReport, DeploySummary } from "../../core/deploy/deploy-events.ts";
import { partialAnswersProblems } from "../../core/deploy/partial-answers.ts";
import { openStacks, type Stack, type StackClient } from "../../core/deploy/stack-client.ts";
import {
  discardPlan,
  isBegun,
  planStack,
  refuseUnfit,
  type StackPlan,
} from "../../core/deploy/stack-plan.ts";
import { TEMPLATES } from "../../core/deploy/template/templates.ts";
import { uploadBundle } from "../../core/deploy/upload-bundle.ts";
import { DdbrError, EXIT } from "../../core/errors.ts";
import { openS3Store } from "../../core/store/s3/s3-store.ts";
import { placeIn, type S3Location } from "../../core/store/store-location.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { confirm, refuseUnasked } from "./confirm.ts";
import { createDeployReport } from "./deploy-report.ts";
import type { DeployRequest, Prepared } from "./deploy-request.ts";
import { runStack } from "./run-stack.ts";

/** Rolls a stack out; returns the exit code. */
export async function runDeploy(request: DeployRequest, mode: OutputMode): Promise<number> {
  refuseUnasked(request);
  const report = createDeployReport(`lambda deploy ${request.kind}`, request.name, mode);
  const client = await openStacks(request.place);
  try {
    const summary = await new Deployment(request, mode, client, report).run();
    report({ type: "finished", summary });
    return summary.outcome === "failed" ? EXIT.failure : EXIT.ok;
  } finally {
    client.close();
  }
}

class Deployment {
  readonly #request: DeployRequest;
  readonly #mode: OutputMode;
  readonly #client: StackClient;
  readonly #report: DeployReport;

  constructor(request: DeployRequest, mode: OutputMode, client: StackClient, report: DeployReport) {
    this.#request = request;
    this.#mode = mode;
    this.#client = client;
    this.#report = report;
  }

  async run(): Promise<DeploySummary> {
    const { name, kind, dryRun, yes } = this.#request;
    const bundle = await readBundle();
    const client = this.#client;
    const { found, prepared, warnings } = await stoppable((signal) => this.#look(signal));
    const folder = this.#request.code ?? codeOf(found);
    if (folder === undefined) throw missing("--code", "a bucket in the stack's region: s3://bucket/prefix");
    for (const message of warnings) this.#report({ type: "warning", message });
    const code = placeIn(folder, bundleName(bundle)) as S3Location;
    const parameters: Record<string, string> = {
      ...this.#request.parameters,
      ...prepared.parameters,
      CodeBucket: code.bucket,
      CodeKey: code.prefix,
    };
    if (!isBegun(found)) refuseIncomplete(this.#request, parameters);
    if (prepared.stream !== undefined) {
      const stream = await this.#turnOn(prepared.stream);
      if (stream === undefined) return this.#summary("planned");
      parameters.StreamArn = stream;
    }
    const plan = await stoppable((signal) => planStack(client, found, { name, kind, parameters }, signal));
    if (plan === undefined) return { ...this.#summary("unchanged"), outputs: found?.outputs ?? {} };
    this.#report({ type: "planned", region: client.region, ...withoutId(plan) });
    if (dryRun) {
      await stoppable((signal) => discardPlan(client, plan, signal));
      return this.#summary("planned");
    }
    await this.#agreed(
      plan,
      yes,
      prepared.stream === undefined ? undefined : "only the stream was turned on",
    );
    return await this.#carryOut(plan, { code, folder, bundle });
  }

  /** What there is. @throws DdbrError where that cannot do, before anything is changed */
  async #look(
    signal: AbortSignal,
  ): Promise<{ found: Stack | undefined; prepared: Prepared; warnings: string[] }> {
    const { name, kind, place } = this.#request;
    const found = await this.#client.find(name, signal);
    refuseUnfit(found, kind);
    const prepared = await this.#request.prepare(signal, this.#client.region);
    const warnings = [...prepared.warnings];
    if (isBegun(found) && "StreamArn" in TEMPLATES[kind].Parameters) {
      warnings.push(...(await partialAnswersProblems(place, name, this.#client.region, signal)));
    }
    return { found, prepared, warnings };
  }

  /** @returns undefined on a dry run */
  async #turnOn({ table, turnOn }: NonNullable<Prepared["stream"]>): Promise<string | undefined> {
    const off = `the stream of ${table} is off`;
    if (this.#request.dryRun) {
      this.#report({
        type: "warning",
        message: `${off}: deploying turns it on first, and what follows is not known before`,
      });
      return undefined;
    }
    await confirm([`${off}.`], "Turn it on (NEW_AND_OLD_IMAGES)?", this.#request.yes);
    const stream = await stoppable(turnOn);
    this.#report({ type: "stream-on", table, stream });
    return stream;
  }

  async #agreed(plan: StackPlan, yes: boolean, left: string | undefined): Promise<void> {
    const verb = plan.action === "create" ? "Create" : "Update";
    try {
      await confirm([], `${verb} the stack ${plan.stack}?`, yes, left);
    } catch (error) {
      await stoppable((signal) => discardPlan(this.#client, plan, signal));
      throw error;
    }
  }

  async #carryOut(
    plan: StackPlan,
    { code, folder, bundle }: { code: S3Location; folder: S3Location; bundle: Uint8Array },
  ): Promise<DeploySummary> {
    const client = this.#client;
    const { access } = this.#request.place;
    const uploaded = await stoppable(async (signal) => {
      try {
        const store = await openS3Store(folder, { access, signal });
        return await uploadBundle(store, bundleName(bundle), bundle, signal).finally(() => store.close());
      } catch (error) {
        // Without code the change set is of no use.
        await discardPlan(client, plan, AbortSignal.timeout(DISCARD_MS)).catch(() => {});
        throw error;
      }
    });
    this.#report({ type: "code", bucket: code.bucket, key: code.prefix, bytes: bundle.length, uploaded });
    return await runStack({
      client,
      stack: plan.stack,
      wanted: "there",
      title: `ddbr lambda deploy ${this.#request.kind}`,
      mode: this.#mode,
      report: this.#report,
      begin: (signal) => client.execute(plan.changeSet, plan.stack, signal),
    });
  }

  #summary(outcome: DeploySummary["outcome"]): DeploySummary {
    return { outcome, stack: this.#request.name, region: this.#client.region, outputs: {}, elapsedMs: 0 };
  }
}

const DISCARD_MS = 5_000;

function withoutId({ changeSet: _, ...plan }: StackPlan) {
  return plan;
}

/** Where the stack has its code from. */
function codeOf(stack: Stack | undefined): S3Location | undefined {
  const { CodeBucket: bucket, CodeKey: key } = stack?.parameters ?? {};
  if (bucket === undefined || key === undefined) return undefined;
  const prefix = key.includes("/") ? key.slice(0, key.lastIndexOf("/")) : "";
  return { kind: "s3", bucket, prefix, text: `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}` };
}

function refuseIncomplete({ needed = [] }: DeployRequest, parameters: Record<string, string>): void {
  const absent = needed.find(({ parameter }) => parameters[parameter] === undefined);
  if (absent !== undefined) throw missing(absent.option, absent.what);
}

function missing(option: string, what: string): DdbrError {
  return new DdbrError("usage", `${option} is missing`, { hint: `a new stack needs ${what}` });
}
