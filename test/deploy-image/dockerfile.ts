/** An instruction of a Dockerfile: its name in capitals, and its words as they stand there. */
export interface Instruction {
  name: string;
  text: string;
}

/** The stages of a Dockerfile, each beginning with its FROM: as much of the language as ours uses. */
export function parseDockerfile(source: string): Instruction[][] {
  const stages: Instruction[][] = [];
  const withoutComments = source.replace(/^\s*#.*\n/gm, "");
  for (const line of withoutComments.replace(/\\\n/g, " ").split("\n")) {
    const [, name, text] = /^(\w+)\s+(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || text === undefined) {
      if (line.trim() !== "") throw new Error(`no instruction of a Dockerfile: ${line}`);
      continue;
    }
    if (name === "FROM") stages.push([]);
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`before the first FROM: ${line}`);
    stage.push({ name, text });
  }
  return stages;
}

/** The texts of a stage's instructions of this name. */
export function textsOf(stage: readonly Instruction[], name: string): string[] {
  return stage.filter((instruction) => instruction.name === name).map(({ text }) => text);
}
