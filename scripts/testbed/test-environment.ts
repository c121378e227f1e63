/** What would change how programs under test behave or, worse, which account they reach. */
const HIDDEN = /^(AWS_.*|CI|CONTINUOUS_INTEGRATION|NO_COLOR|FORCE_COLOR|DDBR_.*|JOB_COMPLETION_INDEX)$/;

/** The environment of the tests: the caller's, without its AWS account, CI marks and colour wishes. */
export function testEnvironment(
  servers: Record<string, string>,
  callers: NodeJS.ProcessEnv,
): Record<string, string> {
  const inherited = Object.entries(callers).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !HIDDEN.test(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    ...servers,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/nonexistent/aws-config",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/aws-credentials",
    NO_PROXY: "127.0.0.1,localhost",
    no_proxy: "127.0.0.1,localhost",
  };
}
