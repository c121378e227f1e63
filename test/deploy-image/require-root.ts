const PROGRAMS = ["unshare", "mount", "chroot", "ldd"];

/** Fails, saying why, where a container cannot be started by hand. */
export function requireRoot(): void {
  const missing = PROGRAMS.filter((program) => !Bun.which(program));
  if (missing.length > 0) throw cannot(`${missing.join(", ")} cannot be found (they are Linux's)`);
  const { exitCode, stderr } = Bun.spawnSync(["unshare", "--mount", "chroot", "/", "true"]);
  if (exitCode !== 0) {
    throw cannot(`mounting and chroot are not allowed here; that takes root: ${stderr.toString().trim()}`);
  }
}

function cannot(why: string): Error {
  return new Error(`the container image cannot be tried on this machine: ${why}`);
}
