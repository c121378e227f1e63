import type { ObjectStore } from "../store/object-store.ts";

/** Puts the bundle there unless it is there already. @returns whether it was put */
export async function uploadBundle(
  store: ObjectStore,
  name: string,
  bundle: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await store.get(name, undefined, signal);
  if (found?.body.equals(bundle)) return false;
  await store.put(name, bundle, {}, signal);
  return true;
}
