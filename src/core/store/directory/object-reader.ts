import { DdbrError } from "../../errors.ts";
import type { Metadata, StoredObject } from "../object-store.ts";
import { withFileErrors } from "./file-failure.ts";
import { closeFile, lookAt, type OpenedFile, openPlain, readPiece } from "./files.ts";
import type { Folders } from "./folders.ts";
import type { ObjectPaths } from "./layout.ts";
import { fileOf, isVersionId, modifiedOf, originalId } from "./version-name.ts";
import { metadataOf, versionNames } from "./versions-of-key.ts";

const PIECE_BYTES = 1024 * 1024;

interface FoundObject {
  file: OpenedFile;
  versionId: string;
  /** Whether it lies among the versions, where it may have metadata. */
  kept: boolean;
}

export async function readObject(
  folders: Folders,
  paths: ObjectPaths,
  versionId: string | undefined,
): Promise<StoredObject | undefined> {
  const found = await findObject(folders, paths, versionId);
  if (found === undefined) return undefined;
  const { file, kept } = found;
  try {
    const body = await readPiece(file.fd, 0, file.size);
    if (body.length < file.size) throw cutShort(paths);
    const metadata = kept ? await metadataOf(paths, found.versionId) : {};
    return { body, metadata, versionId: found.versionId, modified: modifiedOf(found.versionId) };
  } finally {
    await closeFile(file.fd);
  }
}

export interface StreamOptions {
  /** For messages. */
  subject: string;
  signal: AbortSignal | undefined;
  /** Hears of each piece. */
  told(bytes: number): void;
}

/** The object's bytes. The file stays open until they are read, or the reader stops. */
export async function streamObject(
  folders: Folders,
  paths: ObjectPaths,
  { subject, signal, told }: StreamOptions,
): Promise<{ size: number; body: AsyncIterable<Uint8Array> } | undefined> {
  const found = await findObject(folders, paths, undefined);
  if (found === undefined) return undefined;
  const { fd, size } = found.file;
  async function* body() {
    try {
      for (let at = 0; at < size; ) {
        signal?.throwIfAborted();
        const length = Math.min(PIECE_BYTES, size - at);
        const piece = await withFileErrors(subject, () => readPiece(fd, at, length));
        if (piece.length === 0) throw cutShort(paths);
        at += piece.length;
        told(piece.length);
        yield piece;
        signal?.throwIfAborted();
      }
    } finally {
      await closeFile(fd);
    }
  }
  return { size, body: body() };
}

export async function readMetadata(
  folders: Folders,
  paths: ObjectPaths,
  versionId: string,
): Promise<Metadata | undefined> {
  if (!isVersionId(versionId) || !folders.isFolder(paths.folder)) return undefined;
  const names = await versionNames(folders, paths);
  if (names.some(({ id }) => id === versionId)) return metadataOf(paths, versionId);
  if (names.length > 0) return undefined;
  const plain = lookAt(paths.plain);
  return plain?.isFile() && originalId(plain.mtimeMs) === versionId ? {} : undefined;
}

/**
 * Opens the object as it is now, or one version. The plain file is opened before versions are looked for: when there are none
 * then, nobody has changed it until then. Where there are any, the last one is the object, whatever the plain file
 * holds: its writer may not have come to that yet, or was killed.
 */
async function findObject(
  folders: Folders,
  paths: ObjectPaths,
  versionId: string | undefined,
): Promise<FoundObject | undefined> {
  if (versionId !== undefined && !isVersionId(versionId)) return undefined;
  if (!folders.isFolder(paths.folder)) return undefined;
  const plain = await openPlain(paths.plain);
  let taken = false;
  try {
    const names = await versionNames(folders, paths);
    if (names.length > 0) {
      const name = versionId === undefined ? names.at(-1) : names.find(({ id }) => id === versionId);
      if (name === undefined || name.deleted) return undefined;
      const file = await openPlain(`${paths.versions}/${fileOf(name)}`);
      return file && { file, versionId: name.id, kept: true };
    }
    if (plain === undefined) return undefined;
    const id = originalId(plain.modifiedMs);
    if (versionId !== undefined && versionId !== id) return undefined;
    taken = true;
    return { file: plain, versionId: id, kept: false };
  } finally {
    if (plain !== undefined && !taken) await closeFile(plain.fd);
  }
}

function cutShort({ plain }: ObjectPaths): DdbrError {
  return new DdbrError("file", "was cut short while it was read", {
    subject: plain,
    hint: "something else writes to this file; try again",
  });
}
