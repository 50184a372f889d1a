import { createHmac } from "node:crypto";

import { z } from "zod";

import { GocdError, ifKnown, type Answer, type Gocd } from "../gocd";

/** A role of GoCD's without members and without any right: its policy is the list of what the settings own (docs/decisions/0080). */
export const LEDGER = "managed-by-housekeeping";

export const ROLES = { path: "/api/admin/security/roles", version: 3 } as const;
const role = z.object({ policy: z.array(z.object({ resource: z.string() })) });

export type Kind = "user" | "role" | "auth_config" | "config_repo" | "secret_config";

/** A thing with an id of its own that GoCD takes and gives back whole. */
export interface Entity {
  readonly kind: Kind;
  readonly id: string;
  /** As GoCD's API takes it, with its secrets. */
  readonly body: object;
}

/** @throws GocdError if there is no tag: without it a change of somebody else's would be overwritten. */
export function tagOf({ tag }: Answer<unknown>, asked: string): string {
  if (tag === undefined) throw new GocdError("unreadable", `${asked}: GoCD's answer has no ETag`);
  return tag;
}

/**
 * Which users, roles and configurations of GoCD come from the settings, kept in GoCD itself: what was made by hand is never taken
 * for them, and what leaves the settings is known. It is read once, when it is first asked.
 */
export class Ledger {
  /** By `kind/name`, what {@link fingerprint} says of them. */
  private entries: Map<string, string> | undefined;
  private tag: string | undefined;
  /** What has been seen or put in force through this object. */
  private readonly settled = new Set<string>();

  /** @param key a secret, so that nobody can guess passwords by what is written down of them. */
  constructor(
    private readonly gocd: Gocd,
    private readonly key: string,
  ) {}

  async names(kind: Kind): Promise<string[]> {
    const prefix = `${kind}/`;
    const keys = [...(await this.load()).keys()].filter((key) => key.startsWith(prefix));
    return keys.map((key) => key.slice(prefix.length));
  }

  /** Before a thing is made: from now on it is the settings'. */
  async claim(kind: Kind, names: readonly string[]): Promise<void> {
    const entries = await this.load();
    const added = names.filter((name) => !entries.has(`${kind}/${name}`));
    for (const name of added) entries.set(`${kind}/${name}`, "");
    if (added.length > 0) await this.save(entries);
  }

  /** After a thing is gone, or is left to those who use GoCD. */
  async drop(kind: Kind, names: readonly string[]): Promise<void> {
    const entries = await this.load();
    for (const name of names) entries.delete(`${kind}/${name}`);
    if (names.length > 0) await this.save(entries);
  }

  /** Whether GoCD still has what was put there. It shows no secret, so that values cannot be compared. */
  async confirms(entity: Entity, tag: string): Promise<boolean> {
    const confirmed = (await this.load()).get(nameOf(entity)) === this.fingerprint(entity, tag);
    if (confirmed) this.settled.add(nameOf(entity));
    return confirmed;
  }

  /** Writes down what GoCD has now. */
  async note(entity: Entity, tag: string): Promise<void> {
    const entries = await this.load();
    entries.set(nameOf(entity), this.fingerprint(entity, tag));
    await this.save(entries);
    this.settled.add(nameOf(entity));
  }

  isSettled(entity: Entity): boolean {
    return this.settled.has(nameOf(entity));
  }

  /** Of what the settings want and of the version that GoCD made of it: either one's change makes another. */
  private fingerprint({ body }: Entity, tag: string): string {
    // Whether an answer was packed shows in its tag.
    const version = tag.replace(/--(gzip|deflate)"$/, '"');
    const text = JSON.stringify([body, version]);
    return createHmac("sha256", this.key).update(text).digest("hex").slice(0, 32);
  }

  private async load(): Promise<Map<string, string>> {
    if (this.entries !== undefined) return this.entries;
    const call = { ...ROLES, path: `${ROLES.path}/${LEDGER}`, method: "GET", answer: role } as const;
    const found = await ifKnown(() => this.gocd.call(call));
    this.tag = found && tagOf(found, `GET ${call.path}`);
    const lines = found?.value.policy.map(({ resource }) => resource.split(" ") as [string, string?]) ?? [];
    this.entries = new Map(lines.map(([name, fingerprint = ""]) => [name, fingerprint]));
    return this.entries;
  }

  private async save(entries: ReadonlyMap<string, string>): Promise<void> {
    const path = `${ROLES.path}/${LEDGER}`;
    if (entries.size === 0) {
      await ifKnown(() => this.gocd.call({ ...ROLES, path, method: "DELETE", answer: z.object({}) }));
      this.tag = undefined;
      return;
    }
    const lines = [...entries].map(([name, fingerprint]) => `${name} ${fingerprint}`.trim()).sort();
    // Of the permissions that GoCD knows, one that takes nothing from anybody, since nobody is in the role.
    const policy = lines.map((resource) => ({ permission: "deny", action: "view", type: "config_repo", resource }));
    const call = { ...ROLES, answer: role, body: { name: LEDGER, type: "gocd", policy, attributes: { users: [] } } };
    const written =
      this.tag === undefined
        ? await this.gocd.call({ ...call, method: "POST" })
        : await this.gocd.call({ ...call, path, method: "PUT", ifMatch: this.tag });
    this.tag = tagOf(written, `PUT ${path}`);
  }
}

const nameOf = ({ kind, id }: Entity): string => `${kind}/${id}`;
