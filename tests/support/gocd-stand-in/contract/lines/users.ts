import type { Answer, Expected, Line, Scenario } from "../format";
import { message, ok } from "../facts";

const USER = "contract-{run}";
const USERS = "/api/users";

const userFields = (fields: Readonly<Record<string, Expected>> = {}): Readonly<Record<string, Expected>> => ({
  login_name: USER,
  display_name: USER,
  enabled: true,
  email: "",
  email_me: false,
  is_admin: false,
  roles: [],
  checkin_aliases: [],
  ...fields,
});

const shownUser = (fields: Readonly<Record<string, Expected>> = {}): Expected => ({
  _links: {
    self: { href: `{origin}/go${USERS}/${USER}` },
    find: { href: `{origin}/go${USERS}/:login_name` },
    doc: { href: "https://api.gocd.org/26.1.0/#users" },
  },
  ...userFields(fields),
});

const setState = (says: string, enable: boolean, users: readonly string[], answer: Answer): Line => ({
  says,
  ask: `PATCH ${USERS}/operations/state`,
  version: 3,
  body: { users, operations: { enable } },
  answer,
});

const USER_CHANGES: Scenario = {
  name: "a user",
  changes: true,
  lines: [
    {
      says: "makes one",
      ask: `POST ${USERS}`,
      version: 3,
      body: { login_name: USER },
      answer: ok(shownUser()),
    },
    {
      says: "makes no second one of the name in other letters",
      ask: `POST ${USERS}`,
      version: 3,
      body: { login_name: "CONTRACT-{run}" },
      answer: {
        status: 422,
        body: {
          message: "Failed to add User 'CONTRACT-{run}'. Another User with the same name already exists.",
          data: userFields({ login_name: "CONTRACT-{run}", display_name: "CONTRACT-{run}" }),
        },
      },
    },
    {
      says: "wants a name",
      ask: `POST ${USERS}`,
      version: 3,
      body: {},
      answer: message(422, "Json `{}` does not contain property 'login_name'"),
    },
    setState("disables it", false, [USER], message(200, `Users '${USER}' were disabled successfully.`)),
    setState("disables it again", false, [USER], message(200, `Users '${USER}' were disabled successfully.`)),
    setState("enables it", true, [USER], message(200, `Users '${USER}' were enabled successfully.`)),
    {
      says: "deletes none that is enabled",
      ask: `DELETE ${USERS}/${USER}`,
      version: 3,
      headers: { "X-GoCD-Confirm": "true" },
      answer: message(400, `User '${USER}' is not disabled.`),
    },
    setState("disables it to delete it", false, [USER], { status: 200 }),
    {
      says: "deletes it",
      ask: `DELETE ${USERS}/${USER}`,
      version: 3,
      headers: { "X-GoCD-Confirm": "true" },
      answer: message(200, `User with login name '${USER}' was deleted successfully!`),
    },
    setState("knows it no more", false, [USER], {
      status: 422,
      body: { message: "Update failed because some users do not exist.", non_existent_users: [USER] },
    }),
    setState("wants a name to disable", false, [], message(400, "No users selected.")),
    {
      says: "makes a disabled one",
      ask: `POST ${USERS}`,
      version: 3,
      body: { login_name: USER, enabled: false },
      answer: ok(shownUser({ enabled: false })),
    },
    { says: "deletes that one", ask: `DELETE ${USERS}/${USER}`, version: 3, answer: { status: 200 } },
  ],
};

const DISABLED = "Your account has been disabled by the administrator";
const VIEWER: Scenario = {
  name: "a user who is disabled",
  changes: true,
  needs: ["viewer"],
  lines: [
    {
      says: "knows who has logged in",
      ask: "GET /api/version",
      as: "viewer",
      version: 1,
      answer: { status: 200, type: null },
    },
    {
      says: "lists no users to a viewer",
      ask: `GET ${USERS}`,
      as: "viewer",
      version: 3,
      answer: message(403, "You are not authorized to perform this action."),
    },
    setState("disables one", false, ["{viewer}"], { status: 200 }),
    {
      says: "does not let it in",
      ask: "GET /api/agents",
      as: "viewer",
      version: 7,
      answer: message(401, DISABLED),
    },
    {
      says: "sends it from pages to the log-in",
      ask: "GET /pipelines",
      as: "viewer",
      answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" } },
    },
    setState("enables it again", true, ["{viewer}"], { status: 200 }),
    { says: "lets it in again", ask: "GET /api/agents", as: "viewer", version: 7, answer: { status: 200 } },
  ],
};

export const USERS_OF_GOCD: readonly Scenario[] = [USER_CHANGES, VIEWER];
