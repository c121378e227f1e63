/** Variables to add to the tests' environment; undefined takes one away. */
export type AddedVariables = Record<string, string | undefined>;

/**
 * The environment of a program under test. It is not told of CI, which even as an empty variable makes Ink
 * non-interactive, nor of the test runner's own clean-up, which would change what happens to its children.
 */
export function programEnvironment(added: AddedVariables = {}): Record<string, string | undefined> {
  const { CI, CONTINUOUS_INTEGRATION, BUN_FEATURE_FLAG_NO_ORPHANS, ...inherited } = process.env;
  return { ...inherited, ...added };
}
