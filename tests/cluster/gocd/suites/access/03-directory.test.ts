import { randomBytes } from "node:crypto";
import { ADMIN_PASSWORD, changeAccessStack, deployAccessStack, housekeepingSays, NAMESPACE } from "../../access-stack";
import { PEOPLE, READER, startDirectory } from "../../directory";
import { startPolicyController, stopPolicyController } from "../../../kubernetes/policy-controller";
import { eventually } from "../../../kubernetes/run";
import { askServer, gocd } from "../../server";
import { OWN_CLUSTER } from "../../test-images";
import { answerNamesFromPod } from "../network/helper-pods";

const PASSWORDS = Object.fromEntries(
  ["dora", "erin", "frank"].map((name) => [name, randomBytes(12).toString("hex")]),
) as Record<"dora" | "erin" | "frank", string>;
type Name = keyof typeof PASSWORDS;

/** What a test has otherwise than the rest. */
interface Change {
  readonly users?: Readonly<Record<string, object>>;
  readonly password?: string;
  readonly egress?: readonly string[];
}

// The stand-in of GoCD asks a directory as GoCD's plugin does; official images have their own tests of it.
(OWN_CLUSTER ? describe : describe.skip)("log-ins by a directory", () => {
  let address: string;

  const logsIn = async (name: Name | "admin", password: string) =>
    (await askServer({ path: "/go/api/version", version: 1, as: { name, password }, namespace: NAMESPACE })).status;
  const administers = async (name: Name) =>
    (
      await askServer({
        path: "/go/api/users",
        version: 3,
        as: { name, password: PASSWORDS[name] },
        namespace: NAMESPACE,
      })
    ).status;
  const becomes = (what: string, ask: () => Promise<unknown>, wanted: unknown) =>
    eventually(what, async () => ((await ask()) === wanted ? true : undefined), 60_000);
  const hears = (what: RegExp) =>
    eventually(String(what), async () => what.test(await housekeepingSays()) || undefined, 60_000);

  /** Which of the log-ins of these tests GoCD has. */
  const configured = async () => {
    const status = async (id: string) => {
      const path = `/go/api/admin/security/auth_configs/${id}`;
      return (await askServer({ path, version: 2, namespace: NAMESPACE })).status;
    };
    const names = await Promise.all(["people", "staff"].map(async (id) => ((await status(id)) === 200 ? [id] : [])));
    return names.flat();
  };

  const ldap = (more: object = {}) => ({
    plugin: "cd.go.authentication.ldap",
    onlyKnownUsers: true,
    properties: {
      Url: `ldap://${address}:389`,
      SearchBases: PEOPLE,
      ManagerDN: READER.dn,
      UserLoginFilter: "(uid={0})",
      ...more,
    },
  });
  const settle = (
    authorization: Readonly<Record<string, object>>,
    { users = { dora: { admin: true } }, password = READER.password, egress = [`${address}/32`] }: Change = {},
  ) =>
    changeAccessStack({
      server: { authorization, users, egress },
      secrets: {
        "gocd:serverSecrets": JSON.stringify({
          authorization: Object.fromEntries(Object.keys(authorization).map((name) => [name, { Password: password }])),
        }),
      },
    });

  beforeAll(async () => {
    await deployAccessStack("ingress");
    address = await startDirectory(PASSWORDS);
    await answerNamesFromPod();
    startPolicyController();
  }, 300_000);

  afterAll(stopPolicyController, 60_000);

  test("are not put in force while the directory cannot be reached: network policies let the server go nowhere else", async () => {
    await settle({ people: ldap() }, { egress: [], password: "wrong" });
    await hears(/ECONNREFUSED|Connection (closed|timeout)|timed out/);
    expect(await configured()).toEqual([]);
    expect(await logsIn("admin", ADMIN_PASSWORD)).toBe(200);
  });

  test("are not put in force with a wrong password of the plugin's", async () => {
    await settle({ people: ldap() }, { password: "wrong" });
    await hears(/InvalidCredentials/);
    expect(await configured()).toEqual([]);
    expect(await housekeepingSays()).not.toContain(READER.password);
  });

  test("let those in whom the settings name, by the directory's password, as what the settings say", async () => {
    await settle({ people: ldap() });
    await becomes("dora to administer", () => administers("dora"), 200);
    expect(await logsIn("dora", PASSWORDS.erin)).toBe(401);
    expect(await logsIn("dora", "")).toBe(401);
    expect(await logsIn("erin", PASSWORDS.erin)).toBe(401);
    expect(await configured()).toEqual(["people"]);
  });

  test("are changed for others only when the others work, and never for none", async () => {
    await settle({ staff: ldap({ Url: `ldap://${address}:390` }) });
    await hears(/people stays until staff is in force/);
    expect([await configured(), await logsIn("dora", PASSWORDS.dora)]).toEqual([["people"], 200]);
    await settle({ staff: ldap() });
    await becomes("the new log-in alone", async () => (await configured()).join(), "staff");
    expect(await logsIn("dora", PASSWORDS.dora)).toBe(200);
  });

  test("end for a user who leaves the settings within one round, and not for one who was made by hand", async () => {
    await gocd({
      method: "POST",
      path: "/go/api/users",
      version: 3,
      body: { login_name: "frank" },
      namespace: NAMESPACE,
    });
    expect(await logsIn("frank", PASSWORDS.frank)).toBe(200);
    await settle({ staff: ldap() }, { users: {} });
    // Not by the log: either of two pods, the one that ends and the one that starts, is the first to know.
    await becomes("dora to be turned away", () => logsIn("dora", PASSWORDS.dora), 401);
    expect(await logsIn("frank", PASSWORDS.frank)).toBe(200);
  });

  test("leave with the settings, and the password file stays the way in", async () => {
    await settle({}, { users: {} });
    await becomes("no log-in by a directory", async () => (await configured()).join(), "");
    expect(await logsIn("frank", PASSWORDS.frank)).toBe(401);
    expect(await logsIn("admin", ADMIN_PASSWORD)).toBe(200);
  });
});
