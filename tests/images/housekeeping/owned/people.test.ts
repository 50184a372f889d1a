import { LEDGER } from "../../../../images/housekeeping/src/owned/ledger";
import { PASSWORD, USERNAME, useHousekeepingFixture } from "../fixture";

/** Passwords that a password file, or a directory, still takes. */
const PEOPLE: Readonly<Record<string, string>> = {
  admin: "a",
  alice: "al",
  bob: "b",
  carol: "c",
  [USERNAME]: PASSWORD,
};

const fixture = useHousekeepingFixture({
  tokenKey: "k",
  logIn: (user, password) => (PEOPLE[user] === password ? (user === USERNAME ? "admin" : "user") : undefined),
  configuration: { administrators: { users: ["admin", USERNAME], roles: [] } },
});
const state = () => fixture().gocd.configuration.state;
const role = (name: string) => state().roles.find((one) => one.name === name);
const ledger = () => (role(LEDGER)?.policy ?? []).map(({ resource }) => resource.split(" ")[0]);

interface Users {
  readonly [name: string]: { readonly admin?: boolean; readonly roles?: readonly string[] };
}
type Roles = readonly object[];

async function people(users: Users, roles: Roles = []) {
  const list = Object.entries(users).map(([name, user]) => ({ name, ...user }));
  fixture().settings = { managed: { people: { users: list, roles } } };
  return fixture().reconciler().reconcile();
}

/** What GoCD answers somebody who logs in. */
async function logIn(name: string, cookie?: string): Promise<{ readonly status: number; readonly cookie: string }> {
  const headers = {
    Accept: "application/vnd.go.cd.v1+json",
    Authorization: `Basic ${Buffer.from(`${name}:${PEOPLE[name] ?? ""}`).toString("base64")}`,
    ...(cookie !== undefined && { Cookie: cookie }),
  };
  const response = await fetch(`${fixture().gocd.url}/api/version`, { headers });
  await response.text();
  return { status: response.status, cookie: (response.headers.getSetCookie()[0] ?? "").replace(/;.*/, "") };
}

describe("users", () => {
  test("are made, with their roles and rights, and left alone once all is well", async () => {
    const users = { alice: { admin: true, roles: ["developers"] }, bob: {} };
    const roles = [
      { name: "developers", policy: [{ permission: "allow", action: "view", type: "environment", resource: "*" }] },
    ];
    expect(await people(users, roles)).toMatchObject({
      failures: [],
      settings: ["users made alice, bob", "role developers made with alice", "administrators users add alice"],
    });
    expect(state().users.map(({ name, enabled }) => [name, enabled])).toEqual(
      expect.arrayContaining([
        ["alice", true],
        ["bob", true],
      ]),
    );
    expect(role("developers")).toMatchObject({ users: ["alice"], policy: [{ resource: "*" }] });
    expect(state().administrators.users).toEqual(["alice", "admin", USERNAME]);
    const changes = fixture().changes().length;
    expect(await people(users, roles)).toMatchObject({ failures: [], settings: [] });
    expect(fixture().changes()).toHaveLength(changes);
  });

  test("who leave the settings are let in no more, and are no administrators", async () => {
    await people({ alice: { admin: true, roles: ["developers"] } }, [{ name: "developers" }]);
    expect((await logIn("alice")).status).toBe(200);
    expect(await people({}, [{ name: "developers" }])).toMatchObject({
      failures: [],
      settings: ["users disabled alice", "role developers has nobody", "administrators users remove alice"],
    });
    expect((await logIn("alice")).status).toBe(401);
    expect(state().administrators.users).toEqual(["admin", USERNAME]);
    expect(role("developers")?.users).toEqual([]);
    expect(ledger()).toEqual(["role/developers"]);
  });

  test("are let in no more within a session that they have", async () => {
    await people({ alice: {} });
    const { cookie } = await logIn("alice");
    await people({});
    expect((await logIn("alice", cookie)).status).toBe(401);
  });

  test("who were made by hand are not touched", async () => {
    await logIn("carol");
    state().administrators.users.push("carol");
    state().roles.push({ name: "developers", type: "gocd", policy: [], users: ["carol"] });
    await people({ alice: { roles: ["developers"] } }, [{ name: "developers" }]);
    expect(role("developers")?.users).toEqual(["carol", "alice"]);
    await people({});
    expect((await logIn("carol")).status).toBe(200);
    expect(state().administrators.users).toContain("carol");
    expect((await logIn("alice")).status).toBe(401);
  });

  test("who come back are let in again, but not those whom a person has disabled", async () => {
    await people({ alice: {}, bob: {} });
    await people({ bob: {} });
    state().users = state().users.map((user) => (user.name === "bob" ? { ...user, enabled: false } : user));
    expect(await people({ alice: {}, bob: {} })).toMatchObject({ settings: ["users enabled alice"] });
    expect((await logIn("alice")).status).toBe(200);
    expect((await logIn("bob")).status).toBe(401);
  });

  test("who have left and were deleted by hand are kept out before their next log-in", async () => {
    await people({ alice: {} });
    state().users = state().users.filter(({ name }) => name !== "alice");
    expect(await people({})).toMatchObject({ failures: [], settings: ["users disabled alice"] });
    expect((await logIn("alice")).status).toBe(401);
  });

  test("are the same in capitals and small letters", async () => {
    await logIn("alice");
    state().administrators.users.push("ALICE");
    expect(await people({ Alice: { admin: true } })).toMatchObject({ failures: [], settings: [] });
    expect(await people({ alice: {} })).toMatchObject({
      failures: [],
      settings: ["administrators users remove ALICE"],
    });
    expect(await people({})).toMatchObject({ failures: [], settings: ["users disabled Alice"] });
    expect((await logIn("alice")).status).toBe(401);
  });

  test("are left alone when settings that cannot be read come after good ones", async () => {
    await people({ alice: { admin: true } });
    fixture().settings = { managed: { people: { users: [{ name: "not a name" }], roles: [] } } };
    const line = await fixture().reconciler().reconcile();
    expect(line.failures).toEqual([expect.stringContaining("invalid: managed: people: users")]);
    expect((await logIn("alice")).status).toBe(200);
    expect(state().administrators.users).toContain("alice");
  });
});

test("whose names the settings never had are not even asked for", async () => {
  state().administrators.users = [USERNAME];
  expect(await people({})).toMatchObject({ failures: [], settings: [] });
  expect(state().administrators.users).toEqual([USERNAME]);
  expect(fixture().gocd.requests.map(({ path }) => path)).toEqual([
    "/api/agents",
    "/api/admin/maintenance_mode/info",
    `/api/admin/security/roles/${LEDGER}`,
    "/api/server_health_messages",
  ]);
});

describe("administrators", () => {
  test("are never none: admin is one before another one goes", async () => {
    state().administrators.users = [USERNAME];
    expect(await people({ alice: { admin: true } })).toMatchObject({
      settings: ["users made alice", "administrators users add admin, alice"],
    });
    const seen: string[][] = [];
    const { people: store } = fixture().gocd.configuration;
    const change = store.changeAdministrators.bind(store);
    jest.spyOn(store, "changeAdministrators").mockImplementation((operations) => {
      change(operations);
      seen.push([...state().administrators.users]);
    });
    await people({ alice: {}, bob: { admin: true } });
    expect(seen).toEqual([
      ["bob", "admin", "alice", USERNAME],
      ["bob", "admin", USERNAME],
    ]);
  });

  test("by role come and go with the role, and users do not wait for a role that is refused", async () => {
    expect(await people({ alice: { admin: true } }, [{ name: "owners", admin: true }])).toMatchObject({
      settings: [
        "users made alice",
        "role owners made with nobody",
        "administrators users add alice; roles add owners",
      ],
    });
    expect(state().administrators.roles).toEqual(["owners"]);
    expect(await people({ alice: { admin: true } }, [{ name: "owners" }])).toMatchObject({
      settings: ["administrators roles remove owners"],
    });
    const bad = {
      name: "bad",
      admin: true,
      policy: [{ permission: "allow", action: "fly", type: "*", resource: "*" }],
    };
    const line = await people({ bob: { admin: true } }, [bad]);
    expect(line.failures).toEqual([
      expect.stringContaining("Invalid action"),
      expect.stringContaining("does not exist"),
    ]);
    expect(state().administrators.users).toEqual(["bob", "admin", USERNAME]);
  });
});

describe("roles", () => {
  const policy = [{ permission: "allow", action: "view", type: "environment", resource: "docker" }];

  test("follow the settings when somebody has changed them", async () => {
    await people({ alice: { roles: ["developers"] } }, [{ name: "developers", policy }]);
    state().roles = state().roles.map((one) => (one.name === "developers" ? { ...one, policy: [], users: [] } : one));
    expect(await people({ alice: { roles: ["developers"] } }, [{ name: "developers", policy }])).toMatchObject({
      settings: ["role developers has alice"],
    });
    expect(role("developers")).toMatchObject({ users: ["alice"], policy });
  });

  test("that leave the settings go, and those made by hand stay", async () => {
    state().roles.push({ name: "by-hand", type: "gocd", policy: [], users: [] });
    await people({}, [{ name: "developers" }]);
    expect(await people({})).toMatchObject({ failures: [], settings: ["roles removed developers"] });
    expect(state().roles.map(({ name }) => name)).toEqual(["by-hand"]);
  });

  test("may have members whom a plugin knows", async () => {
    const plugin = { authConfig: "ldap", properties: [{ key: "Group", value: "cn=ci" }] };
    expect(await people({}, [{ name: "ci", admin: true, plugin }])).toMatchObject({
      failures: [],
      settings: ["role ci made", "administrators roles add ci"],
    });
    expect(role("ci")).toMatchObject({ type: "plugin", plugin: { authConfig: "ldap", properties: plugin.properties } });
    expect(await people({}, [{ name: "ci", admin: true, plugin }])).toMatchObject({ failures: [], settings: [] });
    expect(await people({}, [{ name: "ci", admin: true }])).toMatchObject({
      failures: [],
      settings: ["role ci has nobody"],
    });
  });

  test("that change at the same time by hand are not overwritten", async () => {
    await people({}, [{ name: "developers" }]);
    fixture().gocd.answers.set("PUT /api/admin/security/roles/developers", {
      status: 412,
      body: { message: "Someone has modified the configuration for role 'developers'." },
    });
    const line = await people({ alice: { roles: ["developers"] } }, [{ name: "developers" }]);
    expect(line.failures).toEqual([expect.stringContaining("stale")]);
  });
});
