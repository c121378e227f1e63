import { startTerminal } from "./test/helpers/pty.ts";
import { readFileSync } from "node:fs";
const child = Bun.spawn([process.execPath, "test/tui/fixtures/dashboard-program.tsx", JSON.stringify({ steps: 6000, discrepancies: 100000 })], { env: { ...process.env, NODE_ENV: "production", CI: undefined, LANG: "C.UTF-8", TERM: "xterm-256color" }, terminal: { cols: 80, rows: 24, data() {} } });
for (let i = 0; i < 8; i++) { await Bun.sleep(10000); for (let k = 0; k < 10; k++) child.terminal!.write("\x1b[6~"); const st = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(" "); const rss = readFileSync(`/proc/${child.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)![1]; console.log((i + 1) * 10, "s rss MB", Number(rss) / 1000 | 0, "cpu s", (Number(st[13]) + Number(st[14])) / 100); }
child.terminal!.write("\x03"); console.log(await child.exited);
