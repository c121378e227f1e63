import { storeContract } from "./contract.ts";
import { newPlace } from "./directory-place.ts";

storeContract("directory store", newPlace);
