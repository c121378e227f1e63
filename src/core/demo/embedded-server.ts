export interface EmbeddedDynamo {
  endpoint: string;
  stop(): Promise<void>;
}

export async function startEmbeddedDynamo(options: { port?: number } = {}): Promise<EmbeddedDynamo> {
  const worker = new Worker(new URL("./dynalite-worker.ts", import.meta.url).href);
  const port = await new Promise<number>((resolve, reject) => {
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.port));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ port: options.port ?? 0 });
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      worker.terminate();
    },
  };
}
