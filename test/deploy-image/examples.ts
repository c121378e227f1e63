import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./image.ts";

/** An example of an array job. */
export interface Example {
  file: string;
  args: string[];
  /** Its jobs share all segments; else each does the one of its number. */
  shares: boolean;
  /** What the engine tells one of `size`. */
  environment(index: number, size: number): Record<string, string>;
}

/** As much of `aws batch submit-job --cli-input-json` as is looked at. */
interface Submission {
  containerOverrides: { command: string[] };
}

/** As much of a Job as is looked at. */
export interface KubernetesJob {
  spec: {
    completionMode: string;
    completions: number;
    template: {
      spec: {
        securityContext: { runAsNonRoot: boolean; runAsUser: number; fsGroup: number };
        containers: {
          args: string[];
          securityContext: { readOnlyRootFilesystem: boolean };
          volumeMounts: { mountPath: string }[];
        }[];
      };
    };
  };
}

export function batchExample(file: string): Example {
  const submission: Submission = JSON.parse(read(file));
  return {
    file,
    args: submission.containerOverrides.command,
    shares: true,
    environment: (index, size) => ({
      AWS_BATCH_JOB_ARRAY_INDEX: String(index),
      AWS_BATCH_JOB_ARRAY_SIZE: String(size),
    }),
  };
}

export function kubernetesExample(file: string): Example {
  const { spec } = readKubernetesJob(file);
  return {
    file,
    args: spec.template.spec.containers[0]!.args,
    shares: false,
    environment: (index) => ({ JOB_COMPLETION_INDEX: String(index) }),
  };
}

export function readKubernetesJob(file: string): KubernetesJob {
  // YAML has no types; what is there is checked against Kubernetes' own schema elsewhere.
  return Bun.YAML.parse(read(file)) as KubernetesJob;
}

/** A file of the repository's. */
export function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}
