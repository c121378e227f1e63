import { afterAll, beforeAll, describe } from "bun:test";
import { testConcurrency } from "./contract/concurrency.ts";
import { testKeys } from "./contract/keys.ts";
import { testListing } from "./contract/listing.ts";
import { testObjects } from "./contract/objects.ts";
import { testStopping } from "./contract/stopping.ts";
import type { ContractSubject, OpenedStore, StoreTraits } from "./contract/subject.ts";
import { testUploads } from "./contract/uploads.ts";
import { testVersions } from "./contract/versions.ts";

export type { OpenedStore, StoreTraits } from "./contract/subject.ts";

/**
 * What every object store promises (src/core/store/object-store.ts), as tests.
 * @param open makes a place of its own, empty, and opens it; called several times
 */
export function storeContract(
  name: string,
  open: () => Promise<OpenedStore>,
  traits: StoreTraits = { keepsVersions: true },
): void {
  describe(name, () => {
    let shared: OpenedStore;
    let folders = 0;
    beforeAll(async () => {
      shared = await open();
    });
    afterAll(() => shared.drop());

    const subject: ContractSubject = {
      traits,
      store: () => shared.store,
      reopen: () => shared.reopen(),
      folder: () => `folder-${++folders}`,
      async alone(use) {
        const opened = await open();
        try {
          await use(opened);
        } finally {
          await opened.drop();
        }
      },
    };
    describe("objects", () => testObjects(subject));
    describe("keys", () => testKeys(subject));
    describe("uploads", () => testUploads(subject));
    describe("listing", () => testListing(subject));
    if (traits.keepsVersions) describe("versions", () => testVersions(subject));
    describe("several at once", () => testConcurrency(subject));
    describe("stopping", () => testStopping(subject));
  });
}
