import { statSync } from "node:fs";
import { join } from "node:path";
import { DdbrError } from "../../errors.ts";
import type {
  KeyRange,
  Metadata,
  ObjectStore,
  ObjectVersion,
  StoredObject,
  StoreObserver,
  Upload,
  WriteOptions,
} from "../object-store.ts";
import type { StoreLocation } from "../store-location.ts";
import { toFileError, withFileErrors } from "./file-failure.ts";
import { FolderSync } from "./folder-sync.ts";
import { walkFolder } from "./folder-walk.ts";
import { Folders } from "./folders.ts";
import { inRange } from "./in-range.ts";
import { checkDirectoryKey, type ObjectPaths, objectPaths } from "./layout.ts";
import { currentKey, inPages, versionsOf } from "./listing.ts";
import { readMetadata, readObject, streamObject } from "./object-reader.ts";
import { DirectoryUpload } from "./object-upload.ts";
import { ObjectWriter } from "./object-writer.ts";
import { TemporaryFiles } from "./temporary-files.ts";
import { versionNames } from "./versions-of-key.ts";

export type DirectoryLocation = StoreLocation & { kind: "directory" };

/**
 * Opens a directory as a store (docs/formats.md). It is made at the first write: until then an absent one is empty.
 * @throws DdbrError `file` when something else is there
 */
export async function openDirectoryStore(
  location: DirectoryLocation,
  { signal }: { signal?: AbortSignal } = {},
): Promise<ObjectStore> {
  signal?.throwIfAborted();
  await withFileErrors(location.text, async () => {
    const found = statSync(location.path, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory()) return;
    throw new DdbrError("file", "is no directory", { subject: location.text, hint: "name a directory" });
  });
  return new DirectoryStore(location);
}

class DirectoryStore implements ObjectStore {
  readonly location: DirectoryLocation;
  readonly #root: string;
  readonly #folders: Folders;
  readonly #temporary: TemporaryFiles;
  readonly #writer: ObjectWriter;
  readonly #observers: StoreObserver[] = [];

  constructor(location: DirectoryLocation) {
    this.location = location;
    this.#root = join(location.path, ".");
    const sync = new FolderSync();
    this.#folders = new Folders(this.#root, sync);
    this.#temporary = new TemporaryFiles(this.#folders);
    this.#writer = new ObjectWriter({ folders: this.#folders, sync, temporary: this.#temporary });
  }

  observe(observer: StoreObserver): void {
    this.#observers.push(observer);
  }

  async keepsVersions(signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    return true;
  }

  async put(
    key: string,
    body: string | Uint8Array,
    { metadata }: WriteOptions = {},
    signal?: AbortSignal,
  ): Promise<{ versionId: string }> {
    return this.#request(key, signal, async (paths) => {
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      const file = await this.#temporary.write(paths.folder, bytes);
      const versionId = await this.#writer.commit(paths, file, metadata, signal);
      this.#tell("put", bytes.length);
      return { versionId };
    });
  }

  async upload(key: string, { metadata }: WriteOptions = {}, signal?: AbortSignal): Promise<Upload> {
    return this.#request(key, signal, async (paths) => {
      await this.#temporary.clear(paths.folder);
      const file = await this.#temporary.create(paths.folder);
      const told = (bytes: number) => this.#tell("upload", bytes);
      const subject = this.#subject(key);
      const [temporary, writer] = [this.#temporary, this.#writer];
      return new DirectoryUpload({ paths, subject, metadata, signal, file, temporary, writer, told });
    });
  }

  async get(key: string, versionId?: string, signal?: AbortSignal): Promise<StoredObject | undefined> {
    return this.#request(key, signal, async (paths) => {
      const found = await readObject(this.#folders, paths, versionId);
      this.#tell("get", found?.body.length ?? 0);
      return found;
    });
  }

  async metadata(key: string, versionId: string, signal?: AbortSignal): Promise<Metadata | undefined> {
    return this.#request(key, signal, async (paths) => {
      const found = await readMetadata(this.#folders, paths, versionId);
      this.#tell("metadata", 0);
      return found;
    });
  }

  async read(
    key: string,
    signal?: AbortSignal,
  ): Promise<{ size: number; body: AsyncIterable<Uint8Array> } | undefined> {
    const told = (bytes: number) => this.#tell("read", bytes);
    return this.#request(key, signal, (paths) =>
      streamObject(this.#folders, paths, { subject: this.#subject(key), signal, told }),
    );
  }

  async delete(
    key: string,
    { metadata }: WriteOptions = {},
    signal?: AbortSignal,
  ): Promise<{ versionId: string | undefined }> {
    return this.#request(key, signal, async (paths) => {
      const versionId = await this.#writer.delete(paths, metadata, signal);
      this.#tell("delete", 0);
      return { versionId };
    });
  }

  async *list(folder: string, signal?: AbortSignal, range?: KeyRange): AsyncGenerator<string[]> {
    const pages = this.#walk("list", folder, signal, currentKey);
    yield* range === undefined ? pages : inRange(pages, (key) => key, range);
  }

  async *versions(
    of: { folder: string; range?: KeyRange | undefined } | { key: string },
    signal?: AbortSignal,
  ): AsyncGenerator<ObjectVersion[]> {
    if ("folder" in of) {
      const pages = this.#walk("versions", of.folder, signal, versionsOf);
      yield* of.range === undefined ? pages : inRange(pages, ({ key }) => key, of.range);
      return;
    }
    const versions = await this.#request(of.key, signal, async (paths) => {
      if (!this.#folders.isFolder(paths.folder)) return [];
      return versionsOf({ paths, names: await versionNames(this.#folders, paths) });
    });
    this.#tell("versions", 0);
    if (versions.length > 0) yield versions;
  }

  close(): void {}

  async *#walk<Entry>(
    operation: string,
    folder: string,
    signal: AbortSignal | undefined,
    entriesOf: Parameters<typeof inPages<Entry>>[1],
  ): AsyncGenerator<Entry[]> {
    if (folder !== "") checkDirectoryKey(folder);
    signal?.throwIfAborted();
    const path = folder === "" ? this.#root : `${this.#root}/${folder}`;
    const walk = walkFolder(this.#folders, path, folder === "" ? "" : `${folder}/`, signal);
    try {
      for await (const page of inPages(walk, entriesOf)) {
        this.#tell(operation, 0);
        yield page;
        signal?.throwIfAborted();
      }
    } catch (error) {
      throw toFileError(error, this.#subject(folder));
    }
  }

  /** Runs a request on a key that can be one, unless it was stopped before. */
  async #request<Result>(
    key: string,
    signal: AbortSignal | undefined,
    action: (paths: ObjectPaths) => Promise<Result>,
  ): Promise<Result> {
    checkDirectoryKey(key);
    signal?.throwIfAborted();
    try {
      return await action(objectPaths(this.#root, key));
    } catch (error) {
      throw toFileError(error, this.#subject(key));
    }
  }

  #subject(key: string): string {
    return key === "" ? this.location.text : `${this.location.text}/${key}`;
  }

  #tell(operation: string, bytes: number): void {
    for (const observer of this.#observers) observer.answered({ operation, bytes });
  }
}
