import { Command, Option } from "clipanion";

/** Prints what `lambda deploy` rolls out. */
export class LambdaTemplateCommand extends Command {
  static override paths = [["lambda", "template"]];
  static override usage = Command.Usage({
    description: "Print a function's CloudFormation template",
    details: `
      For who deploys with CloudFormation, SAM, CDK or Terraform. The template takes the bundle from a bucket (\`CodeBucket\`, \`CodeKey\`):
      \`--bundle\` writes it to a file.
    `,
    examples: [
      ["The template of a replicator", "$0 lambda template replicator > replicator.yaml"],
      ["And the code that it runs", "$0 lambda template replicator --bundle lambda.zip > replicator.yaml"],
    ],
  });

  kind = Option.String({ name: "replicator|backup|snapshot|runner" });
  bundle = Option.String("--bundle", { description: "write the functions' bundle to this file" });

  async execute(): Promise<number> {
    const { printTemplate } = await import("./lambda/print-template.ts");
    return await printTemplate(this.kind, this.bundle);
  }
}
