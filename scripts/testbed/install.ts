import { TestBedFailure } from "./failure.ts";
import { quietly } from "./quietly.ts";

/** A program of Debian's that a server of the tests needs. */
type Need = {
  /** For people. */
  what: string;
  isAbsent(): boolean;
  /** Debian's packages; of several lists the first whose packages Debian has here. */
  packages: [string[], ...string[][]];
  /** Names a server to use instead, where there may be one. */
  variable?: string;
};

const CEPH_PROGRAMS = ["radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool"];
/** Python is what node-gyp runs. */
const BUILD_PROGRAMS = ["autoconf", "automake", "libtoolize", "cmake", "make", "g++", "xz", "python3"];
const MINIMUM_JAVA = 17;
const VENV_CHECK = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";

const VENV: Pick<Need, "isAbsent" | "packages"> = {
  isAbsent: () =>
    !Bun.which("python3") ||
    Bun.spawnSync(["python3", "-c", VENV_CHECK], { stderr: "ignore" }).exitCode !== 0,
  packages: [["python3", "python3-venv"]],
};

const NEEDS = {
  dynamoDb: {
    what: "Java 17 or newer (for DynamoDB Local)",
    isAbsent: () => javaVersion() < MINIMUM_JAVA,
    packages: [["openjdk-17-jre-headless"], ["openjdk-21-jre-headless"], ["default-jre-headless"]],
    variable: "DDBR_TEST_DYNAMODB",
  },
  s3: {
    what: "Ceph's RADOS gateway (for S3)",
    isAbsent: () => CEPH_PROGRAMS.some((program) => !Bun.which(program)),
    packages: [["radosgw", "ceph-mon", "ceph-osd", "ceph-common"]],
    variable: "DDBR_TEST_S3",
  },
  aws: {
    what: "Python 3.10 or newer with venv (for moto)",
    ...VENV,
    variable: "DDBR_TEST_AWS",
  },
  lambda: {
    what: "a C++ compiler with CMake, Autotools, xz and Python (for Lambda's runtime client)",
    isAbsent: () => BUILD_PROGRAMS.some((program) => !Bun.which(program)),
    packages: [["autoconf", "automake", "libtool", "cmake", "make", "g++", "xz-utils", "python3"]],
  },
  emulator: { what: "Python 3.10 or newer with venv (for AWS's emulator of Lambda)", ...VENV },
} satisfies Record<string, Need>;

/** Installs what the wanted servers need and this machine lacks; does nothing when nothing is absent. */
export async function installAbsent(wanted: (keyof typeof NEEDS)[]): Promise<void> {
  const whatIsAbsent = () => wanted.map((name): Need => NEEDS[name]).filter((need) => need.isAbsent());
  const absent = whatIsAbsent();
  if (absent.length === 0) return;
  const prefix = rootPrefix();
  if (!Bun.which("apt-get") || prefix === undefined) throw new TestBedFailure(howToInstall(absent));
  console.log(`test bed: installing ${usualPackages(absent).join(" ")}`);
  await quietly([...prefix, "apt-get", "update"]);
  await quietly([
    ...prefix,
    ...["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"],
    ...["install", "-y", "--no-install-recommends", ...absent.flatMap(packagesHere)],
  ]);
  const still = whatIsAbsent();
  if (still.length > 0) throw new TestBedFailure(howToInstall(still));
}

function packagesHere({ packages }: Need): string[] {
  return packages.find((list) => list.every(isKnownToDebian)) ?? packages[0];
}

function isKnownToDebian(name: string): boolean {
  return Bun.spawnSync(["apt-cache", "show", name]).exitCode === 0;
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

function usualPackages(absent: Need[]): string[] {
  return absent.flatMap(({ packages }) => packages[0]);
}

function howToInstall(absent: Need[]): string {
  const variables = absent.flatMap(({ variable }) => variable ?? []);
  return (
    `the tests need ${absent.map(({ what }) => what).join(" and ")}. Install it with:\n` +
    `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${usualPackages(absent).join(" ")}` +
    (variables.length > 0
      ? `\nor set ${variables.join(" and ")} to the address of a server to use instead.`
      : "")
  );
}
