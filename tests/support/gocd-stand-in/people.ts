// Users, roles and administrators as GoCD 26.1.0 keeps them. Read in gocd/gocd:
//   server/…/server/service/UserService.java, RoleConfigService.java, AdminsConfigService.java
//   api/api-users-v3, api/api-roles-config-v3, api/api-admins-config-v2
import type { Body } from "./body";
import { Refusal } from "./http";

interface UserRecord {
  readonly name: string;
  enabled: boolean;
  readonly email: string | null;
}

interface Directive {
  readonly permission: string;
  readonly action: string;
  readonly type: string;
  readonly resource: string;
}

export interface RoleRecord {
  readonly name: string;
  readonly type: "gocd" | "plugin";
  readonly policy: readonly Directive[];
  /** Of a role of GoCD's own. */
  readonly users: readonly string[];
  /** Of a role whose members a plugin knows. */
  readonly plugin?: { readonly authConfig: string; readonly properties: readonly object[] };
}

export interface PeopleState {
  users: UserRecord[];
  roles: RoleRecord[];
  administrators: { users: string[]; roles: string[] };
}

export const nobody = (): PeopleState => ({ users: [], roles: [], administrators: { users: ["admin"], roles: [] } });

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
const ACTIONS = ["view", "administer"];
const TYPES = ["environment", "config_repo", "elastic_agent_profile", "cluster_profile"];
const UNIQUE = "Role names should be unique. Role with the same name exists.";

export class People {
  constructor(private readonly state: PeopleState) {}

  /** Whoever logs in is known from then on. */
  seen(name: string): void {
    if (this.user(name) === undefined) this.state.users.push({ name, enabled: true, email: null });
  }

  isKnown(name: string): boolean {
    return this.user(name) !== undefined;
  }

  isDisabled(name: string): boolean {
    return this.user(name)?.enabled === false;
  }

  isAdministrator(name: string): boolean {
    const { users, roles } = this.state.administrators;
    const byRole = this.state.roles.filter((role) => roles.some((one) => same(one, role.name)));
    return [...users, ...byRole.flatMap((role) => role.users)].some((one) => same(one, name));
  }

  users(): readonly UserRecord[] {
    return this.state.users;
  }

  rolesOf(name: string): readonly RoleRecord[] {
    return this.state.roles.filter(({ users }) => users.some((one) => same(one, name)));
  }

  createUser(body: Body, shown: (user: UserRecord) => object): UserRecord {
    const name = body.required("login_name");
    const user = { name, enabled: body.boolean("enabled") ?? true, email: body.string("email") ?? "" };
    if (this.user(name) !== undefined)
      throw new Refusal(422, `Failed to add User '${name}'. Another User with the same name already exists.`, {
        data: shown(user),
      });
    this.state.users.push(user);
    return user;
  }

  setState(names: readonly string[], enable: boolean): string {
    if (names.length === 0) throw new Refusal(400, "No users selected.");
    const unknown = names.filter((name) => this.user(name) === undefined);
    if (unknown.length > 0)
      throw new Refusal(422, "Update failed because some users do not exist.", { non_existent_users: unknown });
    const left = this.state.users.filter((user) => user.enabled && !names.includes(user.name));
    if (!enable && !left.some((user) => this.isAdministrator(user.name)))
      throw new Refusal(400, "There must be at least one admin user enabled!");
    for (const name of names) {
      const user = this.user(name);
      if (user !== undefined) user.enabled = enable;
    }
    return `Users '${names.join(", ")}' were ${enable ? "enabled" : "disabled"} successfully.`;
  }

  deleteUser(name: string): void {
    const user = this.user(name);
    if (user === undefined) throw new Refusal(404, `User with login name '${name}' was not found!`);
    if (user.enabled) throw new Refusal(400, `User '${name}' is not disabled.`);
    this.state.users = this.state.users.filter((other) => other !== user);
  }

  role(name: string): RoleRecord {
    const role = this.state.roles.find((one) => same(one.name, name));
    if (role === undefined) throw new Refusal(404, `Role with name '${name}' was not found!`);
    return role;
  }

  createRole(role: RoleRecord, shown: (role: RoleRecord, errors?: object) => object): void {
    if (this.state.roles.some((one) => same(one.name, role.name)))
      throw new Refusal(422, `Failed to add role '${role.name}'. Another role with the same name already exists.`, {
        data: shown(role, { name: [UNIQUE] }),
      });
    mustBeValid(role, shown);
    this.state.roles.push(role);
  }

  updateRole(role: RoleRecord, shown: (role: RoleRecord) => object): void {
    mustBeValid(role, shown);
    this.state.roles = this.state.roles.map((one) => (same(one.name, role.name) ? role : one));
  }

  /** A role that goes is no administrator any more. */
  deleteRole(name: string): void {
    const role = this.role(name);
    this.state.roles = this.state.roles.filter((one) => one !== role);
    const { administrators } = this.state;
    administrators.roles = administrators.roles.filter((one) => !same(one, name));
  }

  administrators(): PeopleState["administrators"] {
    return this.state.administrators;
  }

  /** GoCD keeps them as a set: their order says nothing. */
  changeAdministrators(operations: Body | undefined): void {
    const change = (side: "users" | "roles", verb: "add" | "remove"): string[] =>
      operations?.object(side)?.strings(verb) ?? [];
    const present = this.state.administrators;
    const absent = (side: "users" | "roles"): string[] =>
      change(side, "remove").filter((name) => !present[side].some((one) => same(one, name)));
    const unknown = {
      ...(absent("users").length > 0 && { non_existent_users: absent("users") }),
      ...(absent("roles").length > 0 && { non_existent_roles: absent("roles") }),
    };
    if (Object.keys(unknown).length > 0)
      throw new Refusal(422, "Update failed because some users or roles do not exist under super admins.", unknown);
    const next = (side: "users" | "roles"): string[] => {
      const added = change(side, "add").filter((name) => !present[side].some((one) => same(one, name)));
      return [...added, ...present[side]].filter((name) => !change(side, "remove").some((one) => same(one, name)));
    };
    const wanted = { roles: next("roles"), users: next("users") };
    const missing = wanted.roles.filter((name) => !this.state.roles.some((role) => same(role.name, name)));
    if (missing.length > 0) {
      const errors = missing.map((name) => `Role "${name}" does not exist.`);
      throw new Refusal(
        422,
        `Validations failed for admins. Error(s): [${errors.join(", ")}]. Please correct and resubmit.`,
        { data: { ...wanted, errors: { roles: errors } } },
      );
    }
    this.state.administrators = wanted;
  }

  private user(name: string): UserRecord | undefined {
    return this.state.users.find((user) => same(user.name, name));
  }
}

function mustBeValid(role: RoleRecord, shown: (role: RoleRecord) => object): void {
  const wrong = role.policy.flatMap((directive) => Object.values(errorsOf(directive)).flat());
  if (wrong.length > 0)
    throw new Refusal(
      422,
      `Validations failed for role '${role.name}'. Error(s): [${wrong.join(", ")}]. Please correct and resubmit.`,
      { data: shown(role) },
    );
}

/** What is wrong with a line of a policy, by its field. */
export function errorsOf({ action, type }: Directive): Readonly<Record<string, readonly string[]>> {
  return {
    ...(action !== "*" &&
      !ACTIONS.includes(action) && { action: [`Invalid action, must be one of [${ACTIONS.join(", ")}].`] }),
    ...(type !== "*" && !TYPES.includes(type) && { type: [`Invalid type, must be one of [${TYPES.join(", ")}].`] }),
  };
}
