/** Options that many commands have: what counts, how fast, whose credentials, how objects are kept, how the run is shown. */
const SHARED =
  /^ {2}--(s3-|ignore|global-table|max-rcu|consistent|sse|kms-|storage-|expected-|(primary-|replica-)?(profile|role-arn|external-id)|patience|json|plain|quiet)/;

/** On a command's page, what is the command's own comes first. */
export function sharedOptionsLast(page: string): string {
  return page.replace(/(?<=\nOptions\n\n)(?: {2}--.*\n)+/, (options) => {
    const lines = options.trimEnd().split("\n");
    const own = lines.filter((line) => !SHARED.test(line));
    const shared = lines.filter((line) => SHARED.test(line));
    return `${[...own, ...shared].join("\n")}\n`;
  });
}
