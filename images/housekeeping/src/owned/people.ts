import { z } from "zod";

import { ifKnown, type Gocd } from "../gocd";
import { ROLES, tagOf, type Ledger } from "./ledger";
import type { People, Role } from "./schema";

const USERS = { path: "/api/users", version: 3 } as const;
const ADMINS = { path: "/api/admin/security/system_admins", version: 2 } as const;
/** The way back in: always an administrator, whatever else the settings say. */
const WAY_BACK_IN = "admin";

const users = z.object({
  _embedded: z.object({ users: z.array(z.object({ login_name: z.string(), enabled: z.boolean() })) }),
});
const directive = z.object({ permission: z.string(), action: z.string(), type: z.string(), resource: z.string() });
const role = z.object({
  type: z.string(),
  policy: z.array(directive),
  attributes: z.object({ users: z.array(z.string()).default([]) }),
});
const admins = z.object({ users: z.array(z.string()), roles: z.array(z.string()) });
const anything = z.object({});

/** GoCD does not tell names apart by case. */
const folded = (names: readonly string[]): Set<string> => new Set(names.map((name) => name.toLowerCase()));

/**
 * Makes and enables those who have joined, and disables those who have left: GoCD turns a disabled user away at every request,
 * whatever a password file or a directory says. Nobody is deleted, since the next log-in would make the user anew.
 */
export async function applyUsers(gocd: Gocd, ledger: Ledger, people: People): Promise<string | undefined> {
  const { value } = await gocd.call({ ...USERS, method: "GET", answer: users });
  const enabled = new Map(
    value._embedded.users.map(({ login_name: name, enabled: is }) => [name.toLowerCase(), is] as const),
  );
  const isEnabled = (name: string): boolean | undefined => enabled.get(name.toLowerCase());
  const owned = await ledger.names("user");
  const wanted = people.users.map(({ name }) => name);
  const joined = wanted.filter((name) => !folded(owned).has(name.toLowerCase()));
  const left = owned.filter((name) => !folded(wanted).has(name.toLowerCase()));

  const disable = left.filter((name) => isEnabled(name) === true);
  if (disable.length > 0) await setState(gocd, disable, false);
  const unknown = left.filter((name) => isEnabled(name) === undefined);
  for (const name of unknown) await create(gocd, name, false);
  // One whom a person has disabled in GoCD stays so.
  const enable = joined.filter((name) => isEnabled(name) === false);
  if (enable.length > 0) await setState(gocd, enable, true);
  const make = wanted.filter((name) => isEnabled(name) === undefined);
  for (const name of make) await create(gocd, name, true);
  await ledger.claim("user", joined);
  return told({ made: make, enabled: enable, disabled: [...disable, ...unknown] });
}

async function setState(gocd: Gocd, names: readonly string[], enable: boolean): Promise<void> {
  const body = { users: names, operations: { enable } };
  await gocd.call({ ...USERS, path: `${USERS.path}/operations/state`, method: "PATCH", answer: anything, body });
}

async function create(gocd: Gocd, name: string, enabled: boolean): Promise<void> {
  await gocd.call({ ...USERS, method: "POST", answer: anything, body: { login_name: name, enabled } });
}

/** Makes a role, or brings it in line. Of its members those alone who are, or were, in the settings: others are left in it. */
export async function applyRole(
  gocd: Gocd,
  ledger: Ledger,
  people: People,
  { name, policy }: Role,
): Promise<string | undefined> {
  const path = `${ROLES.path}/${name}`;
  const found = await ifKnown(() => gocd.call({ ...ROLES, path, method: "GET", answer: role }));
  const listed = people.users.filter(({ roles }) => roles.includes(name)).map((user) => user.name);
  const ours = folded([...(await ledger.names("user")), ...people.users.map((user) => user.name)]);
  const present = found?.value.attributes.users ?? [];
  const others = present.filter((member) => !ours.has(member.toLowerCase()));
  const members = [...others, ...listed];
  const body = { name, type: "gocd", policy, attributes: { users: members } };
  await ledger.claim("role", [name]);
  if (found === undefined) {
    await gocd.call({ ...ROLES, method: "POST", answer: anything, body });
    return `made with ${members.join(", ") || "nobody"}`;
  }
  const { type, policy: now } = found.value;
  const isPolicySame = JSON.stringify(policyOf(policy)) === JSON.stringify(policyOf(now));
  if (type === body.type && isSame(members, present) && isPolicySame) return undefined;
  const ifMatch = tagOf(found, `GET ${path}`);
  await gocd.call({ ...ROLES, path, method: "PUT", answer: anything, ifMatch, body });
  return `has ${members.join(", ") || "nobody"}`;
}

const policyOf = (policy: readonly z.output<typeof directive>[]): string[][] =>
  policy.map(({ permission, action, type, resource }) => [permission, action, type, resource]);

function isSame(one: readonly string[], other: readonly string[]): boolean {
  const there = folded(other);
  return one.length === other.length && one.every((name) => there.has(name.toLowerCase()));
}

/**
 * Brings administrators in line: first those are added who are to be, so that there is always one (with none, GoCD takes
 * everybody for an administrator). Whom the settings never named stays what they are.
 */
export async function applyAdministrators(gocd: Gocd, ledger: Ledger, people: People): Promise<string | undefined> {
  const { value: present } = await gocd.call({ ...ADMINS, method: "GET", answer: admins });
  const named = (list: readonly { readonly name: string; readonly admin: boolean }[]): string[] =>
    list.filter(({ admin }) => admin).map(({ name }) => name);
  const sides = [
    { side: "users", wanted: [WAY_BACK_IN, ...named(people.users)], owned: await ledger.names("user") },
    { side: "roles", wanted: named(people.roles), owned: await ledger.names("role") },
  ] as const;
  const changes = sides.flatMap(({ side, wanted, owned }) => {
    const there = folded(present[side]);
    const add = wanted.filter((name) => !there.has(name.toLowerCase()));
    const remove = present[side].filter(
      (name) => folded(owned).has(name.toLowerCase()) && !folded(wanted).has(name.toLowerCase()),
    );
    return [
      { side, verb: "add", names: add },
      { side, verb: "remove", names: remove },
    ] as const;
  });
  const due = changes.filter(({ names }) => names.length > 0);
  for (const { side, verb, names } of due)
    await gocd.call({
      ...ADMINS,
      method: "PATCH",
      answer: anything,
      body: { operations: { [side]: { [verb]: names } } },
    });
  const gone = (await ledger.names("user")).filter(
    (name) => !folded(people.users.map((user) => user.name)).has(name.toLowerCase()),
  );
  await ledger.drop("user", gone);
  return told(Object.fromEntries(due.map(({ side, verb, names }) => [`${side} ${verb}`, names])));
}

/** `made alice, bob; disabled carol`, or nothing. */
function told(done: Readonly<Record<string, readonly string[]>>): string | undefined {
  const parts = Object.entries(done).filter(([, names]) => names.length > 0);
  return parts.length === 0 ? undefined : parts.map(([what, names]) => `${what} ${names.join(", ")}`).join("; ");
}
