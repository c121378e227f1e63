import { storeContract } from "./contract.ts";
import { openedStore } from "./s3-opened.ts";

storeContract("S3 with versions", () => openedStore({ prefix: "back ups/größe+1%/a&b" }));
storeContract("S3 without versions", () => openedStore({ versioned: false }), { keepsVersions: false });
