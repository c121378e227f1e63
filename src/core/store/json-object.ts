import { DdbrError } from "../errors.ts";
import type { ObjectStore } from "./object-store.ts";

/** Writes a value as an object of indented JSON, readable by people too. */
export async function putJson(
  store: ObjectStore,
  key: string,
  value: unknown,
  signal?: AbortSignal,
): Promise<void> {
  await store.put(key, `${JSON.stringify(value, null, 1)}\n`, {}, signal);
}

/** The JSON value an object holds; undefined when there is no such object. @throws DdbrError `damaged` */
export async function getJson(store: ObjectStore, key: string, signal?: AbortSignal): Promise<unknown> {
  const object = await store.get(key, undefined, signal);
  if (object === undefined) return undefined;
  try {
    return JSON.parse(object.body.toString());
  } catch (error) {
    throw new DdbrError("damaged", "is not JSON", {
      subject: `${store.location.text}/${key}`,
      hint: "it was cut short or changed: take another copy",
      cause: error,
    });
  }
}
