import { expect } from "bun:test";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CliResult, runProgram } from "../helpers/cli.ts";
import { type Instruction, parseDockerfile, textsOf } from "./dockerfile.ts";
import { requireRoot } from "./require-root.ts";

export const ROOT = join(import.meta.dir, "../..");

/** What `docker build` would have made of our Dockerfile, laid out in a folder, and what `docker run` would heed. */
export interface Image {
  /** The root file system, as it is in the image. */
  root: string;
  /** `65532:65532` */
  user: string;
  /** `NAME=value` */
  env: string[];
  volumes: string[];
  entrypoint: string[];
  remove(): void;
}

/** Does what the Dockerfile says, with this machine in the place of its first stage's base. */
export async function buildImage(): Promise<Image> {
  const [build, final, ...more] = parseDockerfile(readFileSync(join(ROOT, "deploy/Dockerfile"), "utf8"));
  expect(more).toEqual([]);
  // Nothing comes into the image but what is laid out here.
  expect(textsOf(final!, "FROM")).toEqual(["scratch"]);
  expect(textsOf(final!, "COPY")).toEqual(["--from=build /rootfs/ /"]);
  expect(textsOf(final!, "RUN")).toEqual([]);
  const folder = mkdtempSync(join(tmpdir(), "ddbr-image-"));
  const root = join(folder, "rootfs");
  const remove = () => rmSync(folder, { recursive: true });
  await runBuildStage(build!, folder, root).catch((error) => {
    remove();
    throw error;
  });
  return {
    root,
    user: textsOf(final!, "USER").join(),
    env: textsOf(final!, "ENV").flatMap((text) => text.split(" ")),
    volumes: textsOf(final!, "VOLUME").flatMap((text): string[] => JSON.parse(text)),
    entrypoint: JSON.parse(textsOf(final!, "ENTRYPOINT").join()),
    remove,
  };
}

/** Its COPYs are all that the build finds, so one that is forgotten fails it. */
async function runBuildStage(stage: readonly Instruction[], folder: string, root: string): Promise<void> {
  const source = join(folder, "src");
  mkdirSync(source);
  const env = { PATH: `${join(ROOT, "node_modules/.bin")}:${process.env.PATH}` };
  for (const { name, text } of stage) {
    if (name === "COPY") {
      const paths = text.split(" ");
      const to = paths.pop()!;
      for (const path of paths) {
        const target = to.endsWith("/") && path.endsWith("/") ? to : join(to, path.split("/").pop()!);
        cpSync(join(ROOT, path), join(source, target), { recursive: true });
      }
    } else if (name === "RUN" && !text.startsWith("npm install --global ")) {
      const command = ["sh", "-c", text.replaceAll("/rootfs", root)];
      const { code, stdout, stderr } = await runProgram(command, { cwd: source, env });
      expect(code, `RUN ${text}\n${stdout}${stderr}`).toBe(0);
    }
  }
}

/** What a container's runtime does before it starts the program. */
const RUN = `set -e
root=$1 volume=$2
shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$volume" "$root/tmp"
mount -o remount,bind,ro "$root"
exec "$@"`;

/** An image that can be run: `docker run --read-only --network host`, with a folder of this machine as its volume. */
export class Container {
  /** What is /tmp inside. */
  readonly volume: string;

  constructor(private readonly image: Image) {
    requireRoot();
    expect(image.volumes).toEqual(["/tmp"]);
    this.volume = mkdtempSync(join(tmpdir(), "ddbr-volume-"));
    chmodSync(this.volume, 0o1777);
    // Every runtime adds these, if need be to the image.
    for (const name of ["proc", "dev", "etc"]) mkdirSync(join(image.root, name));
    writeFileSync(join(image.root, "etc/hosts"), "127.0.0.1 localhost\n");
    writeFileSync(join(image.root, "etc/resolv.conf"), "");
  }

  run(args: string[], env: Record<string, string> = {}): Promise<CliResult> {
    const { root, user, entrypoint } = this.image;
    const variables = [...this.image.env, ...Object.entries(env).map((entry) => entry.join("="))];
    const chroot = [Bun.which("chroot")!, `--userspec=${user}`, "--groups=", root];
    const program = ["env", "-i", ...variables, ...chroot, ...entrypoint, ...args];
    // The mounts are seen by this process alone, and end with it.
    const unshare = ["unshare", "--mount", "--propagation", "private", "sh", "-c", RUN, "sh"];
    return runProgram([...unshare, root, this.volume, ...program]);
  }

  remove(): void {
    rmSync(this.volume, { recursive: true });
  }
}
