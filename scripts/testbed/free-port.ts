import { createServer } from "node:net";

/** Ports of 127.0.0.1 that nothing listens on; all of one call differ from each other. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  return Promise.all(servers.map(portThenClose));
}

function listenAnywhere(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

function portThenClose(server: ReturnType<typeof createServer>): Promise<number> {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening TCP server has no port");
  return new Promise((resolve) => server.close(() => resolve(address.port)));
}
