/** An address or a credential that the test command hands to the tests. */
export function fromTestCommand(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(
    `${name} is not set: run the tests with \`bun run test\`, which starts the servers they need`,
  );
}

/** A name no other test and no other run uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}
