import { createHash } from "node:crypto";

/** The server hashes its own form of an entity; a client may only compare. */
export const tagOf = (entity: object): string => createHash("sha256").update(JSON.stringify(entity)).digest("hex");
