import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** Passes connections on to a server, and counts them. */
export type Relay = {
  url: string;
  connections: number;
  /** Ends all connections there are, as a server does with idle ones. */
  cut(): void;
  stop(): void;
};

export async function startRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const server = createServer((client) => {
    relay.connections++;
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const relay: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: 0,
    cut() {
      for (const socket of open) socket.destroy();
    },
    stop() {
      server.close();
      relay.cut();
    },
  };
  return relay;
}
