// What is asked about environments. Read in gocd/gocd at tag 26.1.0: api/api-environments-v3. Users are let in, and what they may
// do is asked for each environment: here that is nothing.
import { Body } from "./body";
import { environmentFields, type Environment } from "./environments";
import { ok, okOnCondition, Refusal, unquoted, type Answer, type Ask, type Handler, type Route } from "./http";
import { tagOf } from "./tag";

const ALL = /^\/api\/admin\/environments$/;
const ONE = /^\/api\/admin\/environments\/([^/]+)$/;
const DOC = "https://api.gocd.org/current/#environment-config";

const environmentJson = (environment: Environment, ask: Ask): object => ({
  _links: {
    self: { href: `${ask.base}/api/admin/environments/${environment.name}` },
    doc: { href: DOC },
    find: { href: `${ask.base}/api/admin/environments/:name` },
  },
  ...environmentFields(environment),
});

const shown = (environment: Environment, ask: Ask): Answer => ok(environmentJson(environment, ask), tagOf(environment));

function mustBeAllowed(ask: Ask, action: "view" | "administer", name: string): void {
  if (ask.role !== "admin")
    throw new Refusal(403, `User '${ask.user}' does not have permissions to ${action} '${name}' environment(s).`);
}

const list: Handler = (ask, { configuration }) => {
  const environments = ask.role === "admin" ? configuration.environments.all() : [];
  const body = {
    _links: { self: { href: `${ask.base}${ask.path}` }, doc: { href: DOC } },
    _embedded: { environments: environments.map((environment) => environmentJson(environment, ask)) },
  };
  return ok(body, tagOf(environments));
};

const create: Handler = (ask, { configuration }) => {
  const body = Body.parse(ask.body);
  mustBeAllowed(ask, "administer", body.required("name"));
  return shown(configuration.environments.create(body), ask);
};

/** A route for one environment, whose name is looked at before anything else. */
const ofOne = (method: string, action: "view" | "administer", handle: Handler): Route => ({
  method,
  path: ONE,
  version: 3,
  who: "user",
  handle: (ask, server, encoded = "") => {
    const name = decodeURIComponent(encoded);
    mustBeAllowed(ask, action, name);
    return handle(ask, server, name);
  },
});

export const ENVIRONMENT_ROUTES: readonly Route[] = [
  { method: "GET", path: ALL, version: 3, who: "user", handle: list },
  { method: "POST", path: ALL, version: 3, who: "user", handle: create },
  ofOne("GET", "view", (ask, { configuration }, name = "") => {
    const environment = configuration.environments.one(name);
    return okOnCondition(ask, environmentJson(environment, ask), tagOf(environment));
  }),
  ofOne("PUT", "administer", (ask, { configuration }, name = "") =>
    shown(configuration.environments.update(name, Body.parse(ask.body), unquoted(ask.header("if-match"))), ask),
  ),
  ofOne("PATCH", "administer", (ask, { configuration }, name = "") =>
    shown(configuration.environments.patch(name, Body.parse(ask.body)), ask),
  ),
  ofOne("DELETE", "administer", (_ask, { configuration }, name = "") => {
    configuration.environments.delete(name);
    return ok({ message: `Environment with name '${name}' was deleted successfully!` });
  }),
];
