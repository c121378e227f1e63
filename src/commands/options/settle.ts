import { numberOption } from "./numbers.ts";

const SETTLE_SECONDS = 3;

/** How long a record must stay different to count, in milliseconds. @throws DdbrError `usage` */
export function settleOption(text: string | undefined): number {
  return (numberOption("--settle", text, { min: 0, max: 3600 }) ?? SETTLE_SECONDS) * 1000;
}
