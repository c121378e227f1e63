import { onlyIf, type Resource, ref } from "./template.ts";

export interface AlarmParts {
  description: string;
  namespace: string;
  metric: string;
  dimension: [name: string, value: object];
  statistic: "Maximum" | "Sum";
  /** It is told when the metric reaches this. */
  threshold: number | object;
  /** Of so many periods of five minutes, so many must be bad. */
  periods: number;
  bad: number;
}

const PERIOD_SECONDS = 300;

export function alarm(parts: AlarmParts): Resource {
  const [Name, Value] = parts.dimension;
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmDescription: parts.description,
      Namespace: parts.namespace,
      MetricName: parts.metric,
      Dimensions: [{ Name, Value }],
      Statistic: parts.statistic,
      Period: PERIOD_SECONDS,
      EvaluationPeriods: parts.periods,
      DatapointsToAlarm: parts.bad,
      Threshold: parts.threshold,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      // What does nothing reports nothing.
      TreatMissingData: "notBreaching",
      AlarmActions: onlyIf("HasAlarmTopic", [ref("AlarmTopic")]),
      OKActions: onlyIf("HasAlarmTopic", [ref("AlarmTopic")]),
    },
  };
}

/** The function throws. @param bad of three periods, so many */
export function errorAlarm(description: string, bad: number): Resource {
  return alarm({
    description,
    namespace: "AWS/Lambda",
    metric: "Errors",
    dimension: ["FunctionName", ref("Function")],
    statistic: "Sum",
    threshold: 1,
    periods: bad === 1 ? 1 : 3,
    bad,
  });
}
