import { DdbrError } from "../../core/errors.ts";
import { parseTableLocation, TABLE_FORMS, type TableLocation } from "../../core/location.ts";
import { parseStoreLocation, type StoreLocation } from "../../core/store/store-location.ts";

/** What a stream is replayed onto. */
export type FollowTarget =
  | { kind: "replica"; table: TableLocation }
  | { kind: "folder"; place: StoreLocation };

const PLACE = /^(s3:|file:|\.{0,2}(\/|$))/i;

/** A table, or a place for backups, which is told by how it begins. @throws DdbrError `location` */
export function parseFollowTarget(text: string): FollowTarget {
  if (text !== "" && PLACE.test(text)) return { kind: "folder", place: parseStoreLocation(text) };
  try {
    return { kind: "replica", table: parseTableLocation(text) };
  } catch (error) {
    if (!(error instanceof DdbrError)) throw error;
    const { code, message, subject } = error;
    throw new DdbrError(code, message, {
      ...(subject !== undefined && { subject }),
      hint: `${TABLE_FORMS}; a place for backups begins with s3://, file://, ./, ../ or /`,
      cause: error,
    });
  }
}

export function targetText(target: FollowTarget): string {
  return target.kind === "replica" ? target.table.text : target.place.text;
}
