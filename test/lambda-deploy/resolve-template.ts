import { join } from "node:path";

const FOLDER = join(import.meta.dir, "../../templates");

export const KINDS = ["replicator", "backup", "snapshot"] as const;
/** Of a runner nearly everything is there twice, or in a list. */
export type Kind = (typeof KINDS)[number] | "runner";

type Json = string | number | boolean | Json[] | { [name: string]: Json };
interface Template {
  Parameters: Record<string, { Type: string; Default?: Json }>;
  Conditions: Record<string, Json>;
  Resources: Record<string, { Type: string; Properties: Record<string, Json> }>;
}

export const readTemplate = async (kind: Kind) => await Bun.file(join(FOLDER, `${kind}.yaml`)).text();

/** A template of the repository with its parameters put in, as CloudFormation does it. Attributes of resources become `<resource>.<attribute>`. */
export async function resolveTemplate(
  kind: Kind,
  given: Record<string, string>,
): Promise<Template["Resources"]> {
  const template = Bun.YAML.parse(await readTemplate(kind)) as Template;
  const values: Record<string, Json> = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",
    "AWS::StackName": "stack",
    ...Object.fromEntries(
      Object.entries(template.Parameters).map(([name, { Type, Default }]) => {
        const value = given[name] ?? Default!;
        return [name, Type === "CommaDelimitedList" ? String(value).split(",") : value];
      }),
    ),
  };
  const missing = Object.keys(template.Parameters).filter((name) => values[name] === undefined);
  if (missing.length > 0) throw new TypeError(`no value for ${missing}`);

  const parameter = (name: string): Json => {
    if (name in values) return values[name]!;
    if (name in template.Resources) return name;
    throw new TypeError(`no ${name}`);
  };
  const functions: Record<string, (argument: never) => Json | undefined> = {
    // biome-ignore lint/correctness/noComponentHookFactories: it is no component, but a function of CloudFormation's
    Ref: (name: string) => (name === "AWS::NoValue" ? undefined : parameter(name)),
    "Fn::Sub": (text: string) => text.replace(/\$\{([^}]+)\}/g, (_, name) => String(parameter(name))),
    "Fn::GetAtt": ([resource, name]: string[]) => `${resource}.${name}`,
    "Fn::Equals": ([one, other]: Json[]) => one === other,
    "Fn::Not": ([condition]: boolean[]) => !condition,
    "Fn::Join": ([separator, parts]: [string, string[]]) => parts.join(separator),
    "Fn::Split": ([separator, text]: [string, string]) => text.split(separator),
    "Fn::Select": ([index, list]: [number, Json[]]) => list[index],
  };

  function resolve(node: Json): Json | undefined {
    if (Array.isArray(node)) return node.map(resolve).filter((one) => one !== undefined);
    if (typeof node !== "object") return node;
    const [[name, argument] = ["", ""]] = Object.entries(node);
    if (name === "Fn::If") {
      const [condition, then, otherwise] = argument as [string, Json, Json];
      return resolve(resolve(template.Conditions[condition]!) ? then : otherwise);
    }
    const apply = functions[name];
    if (apply !== undefined) return apply(resolve(argument) as never);
    return Object.fromEntries(
      Object.entries(node).flatMap(([key, value]) => {
        const resolved = resolve(value);
        return resolved === undefined ? [] : [[key, resolved]];
      }),
    );
  }
  return resolve(template.Resources as unknown as Json) as unknown as Template["Resources"];
}

export interface Statement {
  Action: string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

export function roleStatements(resources: Template["Resources"]): Statement[] {
  const [policy] = resources.Role!.Properties.Policies as never as [
    { PolicyDocument: { Statement: Statement[] } },
  ];
  return policy.PolicyDocument.Statement;
}

export function variablesOf(resources: Template["Resources"]): Record<string, string> {
  return (resources.Function!.Properties.Environment as never as { Variables: Record<string, string> })
    .Variables;
}
