/** Options that many commands have: what counts, how fast, whose credentials, how objects are kept, how the run is shown. */
const SHARED =
  /^--(s3-|ignore|global-table|max-rcu|consistent|sse|kms-|storage-|expected-|(primary-|replica-)?(profile|role-arn|external-id)|patience|json|plain|quiet)/;

const BOLD = "\u001b[1m";
/** The lines below the heading, both with or without colours. */
const OPTIONS = new RegExp(`(?<=Options[^\\n]*\\n\\n)(?: {2}(?:${RegExp.escape(BOLD)})?--.*\\n)+`);
/** What stands before an option's description. The end of bold type is taken for a word of its own where it is one. */
const NAME = /^ +\S+ +(?:\S+m {4})?/;
/** Narrower, a description is harder to read than a line that the terminal breaks. */
const NARROWEST = 24;

/**
 * A command's page as people read it: the command's own options first, and descriptions broken in their column.
 * @param columns of the terminal; none where the page goes elsewhere: there an option stays a line, to be searched for
 */
export function arrangePage(page: string, columns?: number): string {
  return page.replaceAll(/ +$/gm, "").replace(OPTIONS, (options) => {
    const lines = options.trimEnd().split("\n");
    const isShared = (line: string) => SHARED.test(line.trimStart().replace(BOLD, ""));
    const [own, shared] = [lines.filter((line) => !isShared(line)), lines.filter(isShared)];
    return [...own, ...shared].map((line) => `${columns ? broken(line, columns) : line}\n`).join("");
  });
}

function broken(line: string, columns: number): string {
  const name = NAME.exec(line)?.[0] ?? "";
  const indent = Bun.stringWidth(name);
  const width = columns - indent;
  if (width < NARROWEST) return line;
  return name + Bun.wrapAnsi(line.slice(name.length), width).replaceAll("\n", `\n${" ".repeat(indent)}`);
}
