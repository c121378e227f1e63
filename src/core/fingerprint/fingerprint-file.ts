import { DdbrError } from "../errors.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { type FingerprintJson, fingerprintIn, fromJson, toJson } from "./fingerprint-json.ts";
import type { ItemSource } from "./item-source.ts";

/** A fingerprint by itself (docs/formats.md). */
export interface FingerprintFile extends FingerprintJson {
  format: "ddbr-fingerprint";
  version: 1;
  /** As it was named. */
  source: string;
  kind: ItemSource["kind"];
  /** The moment whose state the source holds; absent: its state while it was read. ISO 8601, UTC. */
  asOf?: string;
  /** When it was read. */
  startedAt: string;
  finishedAt: string;
}

export function fingerprintFile(
  fingerprint: Fingerprint,
  taken: { source: ItemSource; startedAt: string; finishedAt: string },
): FingerprintFile {
  const { source, startedAt, finishedAt } = taken;
  const { name, kind, asOf } = source;
  return {
    format: "ddbr-fingerprint",
    version: 1,
    source: name,
    kind,
    ...(asOf !== undefined && { asOf }),
    startedAt,
    finishedAt,
    ...toJson(fingerprint),
  };
}

/** A fingerprint as it was found in a file or a manifest. */
export interface FoundFingerprint extends Fingerprint {
  /** What it is of, and as of when, as far as that is said. */
  source: string | undefined;
  asOf: string | undefined;
}

const MANIFESTS: ReadonlySet<unknown> = new Set(["ddbr-backup", "ddbr-snapshot"]);

/**
 * The fingerprint in a fingerprint's file, or in the manifest of a dump or a snapshot.
 * @param value the file's JSON
 * @throws DdbrError `damaged`
 */
export function readFingerprint(value: unknown, subject: string): FoundFingerprint {
  const { format, version, source, asOf, at, startedAt, ...rest } = (value ?? {}) as Record<string, unknown>;
  const wrong = (problem: string, hint: string) => new DdbrError("damaged", problem, { subject, hint });
  const isManifest = MANIFESTS.has(format);
  if (!isManifest && format !== "ddbr-fingerprint") {
    throw wrong("is no fingerprint", "name a file that ddbr fingerprint has written, or a backup's manifest");
  }
  if (version !== 1) throw wrong("is of a version that is not known here", "it may be of a later ddbr");
  const fingerprint = isManifest ? fingerprintIn(rest, subject) : fromJson(rest);
  if (fingerprint === undefined) {
    throw wrong("holds no fingerprint", "it is of an earlier ddbr: ddbr fingerprint makes one of the backup");
  }
  if (typeof fingerprint === "string") throw wrong(fingerprint, "it was changed after it was written");
  return { ...fingerprint, source: textOf(source), asOf: textOf(asOf) ?? textOf(at) ?? textOf(startedAt) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
