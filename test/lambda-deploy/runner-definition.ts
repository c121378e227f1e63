import { resolveTemplate } from "./resolve-template.ts";
import { PARAMETERS } from "./template-parameters.ts";

/** What the template's functions are called where they are called. */
export const FUNCTIONS = { SegmentFunction: "stack-segment", CollectFunction: "stack-collect" } as const;

/** The runner's state machine as its template makes it. */
export async function runnerDefinition(): Promise<object> {
  const { StateMachine } = await resolveTemplate("runner", PARAMETERS.runner);
  const { DefinitionString, DefinitionSubstitutions } = StateMachine!.Properties as never as {
    DefinitionString: string;
    DefinitionSubstitutions: Record<string, string>;
  };
  const put = (name: string) => {
    const value = DefinitionSubstitutions[name];
    if (value === undefined) throw new TypeError(`the template does not say what ${name} is`);
    const [, resource] = /^(\w+)\.Arn$/.exec(value) ?? [];
    if (resource === undefined) return value;
    return `arn:aws:lambda:us-east-1:123456789012:function:${FUNCTIONS[resource as keyof typeof FUNCTIONS]}`;
  };
  return JSON.parse(DefinitionString.replace(/\$\{(\w+)\}/g, (_, name: string) => put(name)));
}
