import { hashSync } from "bcryptjs";
import { randomBytes } from "node:crypto";
import { SERVER_NAMESPACE } from "../../deploy";
import { waitForReconciliations } from "../../housekeeping";
import { askServer, gocd, secretText } from "../../server";
import { applyWithShortTimeouts, deployWithShortTimeouts, tellHousekeeping } from "../../short-timeouts";
import { patch } from "../../../kubernetes/kubectl";
import { eventually } from "../../../kubernetes/run";

const DORA = { name: "dora", password: randomBytes(12).toString("hex") };
const CAROL = { name: "carol", password: randomBytes(12).toString("hex") };
const EMAIL = "carol@example.com";
const USERS = { path: "/go/api/users", version: 3 };
const ROUNDS = 4;
/** A kubelet hands a changed Secret to a pod once a minute, that of these tests' own cluster more often. */
const HANDED_OVER_MS = 150_000;
const PEOPLE = { users: [{ name: DORA.name, admin: true }], roles: [] };

interface Users {
  readonly _embedded: { readonly users: readonly { readonly login_name: string }[] };
}

/** What GoCD answers somebody who lists users, which takes an administrator. */
const listsUsers = async (user: typeof DORA) => (await askServer({ ...USERS, as: user })).status;
const logsIn = async (user: typeof DORA) => (await askServer({ path: "/go/api/version", version: 1, as: user })).status;
const becomes = (what: string, ask: () => Promise<number>, wanted: number, timeout?: number) =>
  eventually(what, async () => ((await ask()) === wanted ? true : undefined), timeout);

/** Gives the server's password file further lines, as gocd:serverSecrets does. */
async function givePasswords(...users: readonly (typeof DORA)[]): Promise<void> {
  const file = await secretText("gocd-server", SERVER_NAMESPACE, "passwd");
  const lines = users.map(({ name, password }) => `${name}:${hashSync(password, ROUNDS)}\n`);
  await patch("secret/gocd-server", SERVER_NAMESPACE, { stringData: { passwd: file + lines.join("") } });
}

beforeAll(async () => {
  await deployWithShortTimeouts();
  await gocd({ ...USERS, method: "POST", body: { login_name: CAROL.name, email: EMAIL } });
  await givePasswords(DORA, CAROL);
  await becomes("the passwords to be known", () => logsIn(CAROL), 200, HANDED_OVER_MS);
}, 300_000);

afterAll(async () => {
  await applyWithShortTimeouts();
}, 300_000);

test("a user of the settings logs in and is what they say", async () => {
  await tellHousekeeping({ managed: { people: PEOPLE } });
  await becomes("dora to be an administrator", () => listsUsers(DORA), 200);
  expect(await listsUsers(CAROL)).toBe(403);
});

test("a user who has left the settings is let in no more after one round, though the password file still has the line", async () => {
  await tellHousekeeping({ managed: { people: { users: [], roles: [] } } });
  await waitForReconciliations(1);
  expect(await logsIn(DORA)).toBe(401);
  expect(await secretText("gocd-server", SERVER_NAMESPACE, "passwd")).toContain(`${DORA.name}:`);
});

test("a user who was made in GoCD by hand is not touched", async () => {
  expect(await logsIn(CAROL)).toBe(200);
  const { _embedded } = await gocd<Users>(USERS);
  const carol = _embedded.users.find(({ login_name: name }) => name === CAROL.name);
  expect(carol).toMatchObject({ enabled: true, email: EMAIL });
});
