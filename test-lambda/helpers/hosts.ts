import type { NodeVersion } from "../../scripts/testbed/lambda-runtimes.ts";
import { withEmulatedFunction } from "./emulated-function.ts";
import {
  type FunctionOptions,
  type InvokedFunction,
  NODE_VERSIONS,
  withFunction,
} from "./lambda-function.ts";

/** Somewhere to run functions in. */
export type Host = {
  /** For people. */
  host: string;
  node: NodeVersion;
  withFunction<T>(options: FunctionOptions, body: (lambda: InvokedFunction) => Promise<T>): Promise<T>;
};

/** Lambda's runtime client by itself on each Node, and in AWS's emulator on the newest. */
export const HOSTS: Host[] = [
  ...NODE_VERSIONS.map((node) => ({ host: `Node ${node}`, node, withFunction })),
  { host: "Node 24 in AWS's emulator", node: "24", withFunction: withEmulatedFunction },
];
