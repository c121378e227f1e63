/** What a stack is made of, as CloudFormation reads it; intrinsic functions in their long form. */
export interface Template {
  AWSTemplateFormatVersion: "2010-09-09";
  Description: string;
  Parameters: Record<string, Parameter>;
  Conditions?: Record<string, object>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Description: string; Value: object }>;
}

export interface Parameter {
  Type: "String" | "Number" | "CommaDelimitedList";
  Description: string;
  Default?: string | number;
  AllowedValues?: readonly (string | number)[];
  AllowedPattern?: string;
  MinValue?: number;
  MaxValue?: number;
  MinLength?: number;
}

export interface Resource {
  Type: string;
  Condition?: string;
  DependsOn?: string[];
  Properties: object;
}

export const ref = (name: string) => ({ Ref: name });
export const sub = (text: string) => ({ "Fn::Sub": text });
/** A parameter's value, or CloudFormation's own, within {@link sub}. */
export const value = (name: string) => `\${${name}}`;
export const attribute = (resource: string, name: string) => ({ "Fn::GetAtt": [resource, name] });
export const either = (condition: string, then: object, otherwise: object | string) => ({
  "Fn::If": [condition, then, otherwise],
});
/** What is there on a condition only: a property, or an element of a list. */
export const onlyIf = (condition: string, then: object) => either(condition, then, ref("AWS::NoValue"));
/** What is there only where the condition does not hold. */
export const unless = (condition: string, then: object) => either(condition, ref("AWS::NoValue"), then);
/** A condition: the parameter is not empty. */
export const isSet = (parameter: string) => ({ "Fn::Not": [{ "Fn::Equals": [ref(parameter), ""] }] });
/** A condition: the list is not empty; one that is has a single empty element. */
export const isFilled = (list: string) => ({
  "Fn::Not": [{ "Fn::Equals": [{ "Fn::Join": ["", ref(list)] }, ""] }],
});

/** A statement of a policy. */
export interface Statement {
  Effect: "Allow";
  Action: string[];
  Resource: object | object[];
  Condition?: object;
}

export function allow(actions: string[], resource: object | object[], condition?: object): Statement {
  return {
    Effect: "Allow",
    Action: actions,
    Resource: resource,
    ...(condition && { Condition: condition }),
  };
}
