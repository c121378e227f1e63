/** A problem whose message alone tells a person what is wrong and what to do; shown without a stack trace. */
export class TestBedFailure extends Error {
  override name = "TestBedFailure";
}
