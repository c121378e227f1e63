import { TestBedFailure } from "./failure.ts";

const JAVA_PACKAGES = ["openjdk-17-jre-headless", "openjdk-21-jre-headless", "default-jre-headless"];
const CEPH_PACKAGES = ["radosgw", "ceph-mon", "ceph-osd", "ceph-common"];
const CEPH_PROGRAMS = ["radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool"];
const MINIMUM_JAVA = 17;

type Absent = { java: boolean; ceph: boolean };

/** Installs what the wanted servers need and this machine lacks; does nothing when nothing is absent. */
export async function installAbsent(wanted: { dynamoDb: boolean; s3: boolean }): Promise<void> {
  const absent = whatIsAbsent(wanted);
  if (!absent.java && !absent.ceph) return;
  const prefix = rootPrefix();
  if (!Bun.which("apt-get") || prefix === undefined) throw new TestBedFailure(howToInstall(absent));
  console.log(`test bed: installing ${debianPackages(absent, JAVA_PACKAGES[0]!).join(" ")}`);
  await quietly([...prefix, "apt-get", "update"]);
  const java = JAVA_PACKAGES.find((name) => Bun.spawnSync(["apt-cache", "show", name]).exitCode === 0);
  await quietly([
    ...prefix,
    ...["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"],
    ...["install", "-y", "--no-install-recommends", ...debianPackages(absent, java ?? JAVA_PACKAGES[0]!)],
  ]);
  const still = whatIsAbsent(wanted);
  if (still.java || still.ceph) throw new TestBedFailure(howToInstall(still));
}

function whatIsAbsent(wanted: { dynamoDb: boolean; s3: boolean }): Absent {
  return {
    java: wanted.dynamoDb && javaVersion() < MINIMUM_JAVA,
    ceph: wanted.s3 && CEPH_PROGRAMS.some((program) => !Bun.which(program)),
  };
}

/** The major version of the `java` on PATH; 0 when there is none. Java 8 called itself `1.8`. */
function javaVersion(): number {
  if (!Bun.which("java")) return 0;
  const { stderr } = Bun.spawnSync(["java", "-version"]);
  return Number(/version "(\d+)/.exec(stderr.toString())?.[1] ?? 0);
}

/** What goes before a command to run it as root; undefined when there is no way without a question. */
function rootPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  const sudoAsksNothing = Bun.which("sudo") && Bun.spawnSync(["sudo", "-n", "true"]).exitCode === 0;
  return sudoAsksNothing ? ["sudo", "-n"] : undefined;
}

function debianPackages(absent: Absent, java: string): string[] {
  return [...(absent.java ? [java] : []), ...(absent.ceph ? CEPH_PACKAGES : [])];
}

function howToInstall(absent: Absent): string {
  const lacking = [
    absent.java && "Java 17 or newer (for DynamoDB Local)",
    absent.ceph && "Ceph's RADOS gateway (for S3)",
  ].filter(Boolean);
  const elsewhere = [absent.java && "DDBR_TEST_DYNAMODB", absent.ceph && "DDBR_TEST_S3"].filter(Boolean);
  const packages = debianPackages(absent, JAVA_PACKAGES[0]!).join(" ");
  return (
    `the tests need ${lacking.join(" and ")}. Install it with:\n` +
    `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages}\n` +
    `or set ${elsewhere.join(" and ")} to the address of a server to use instead.`
  );
}

async function quietly(command: string[]): Promise<void> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) === 0) return;
  throw new TestBedFailure(`\`${command.join(" ")}\` failed:\n${out}${err}`.trimEnd());
}
