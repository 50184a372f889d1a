// What is asked about the server. Read in gocd/gocd at tag 26.1.0:
//   api/api-server-health-v1, api/api-version-v1, api/api-server-site-urls-config-v1, api/api-backup-config-v1,
//   api/api-server-maintenance-mode-v1, api/api-artifact-config-v1, api/api-environments-v3, api/api-server-health-messages-v1, api/api-backups-v2
import { Refusal } from "./agents";
import { Body } from "./body";
import type { Environment } from "./configuration";
import { tagOf } from "./configuration";
import type { Ask, Route } from "./http";
import { docs, linked, ok, unquoted } from "./http";
import type { GocdStandIn } from "./stand-in";

const environmentJson = (environment: Environment, ask: Ask): object => ({
  _links: {
    self: { href: `${ask.base}/api/admin/environments/${environment.name}` },
    doc: { href: "https://api.gocd.org/current/#environment-config" },
    find: { href: `${ask.base}/api/admin/environments/:name` },
  },
  name: environment.name,
  pipelines: environment.pipelines.map((name) => ({ name })),
  environment_variables: environment.environment_variables,
});

const backupJson = (id: number, ask: Ask, server: GocdStandIn): object => {
  const backup = server.backups.find((one) => one.id === id);
  if (backup === undefined) throw new Refusal(404, `Backup id '${id}' was not found!`);
  return {
    _links: { doc: { href: docs("#backups") }, self: { href: `${ask.base}/api/backups/${id}` } },
    time: backup.time,
    path: backup.path,
    status: backup.status,
    ...(backup.status === "IN_PROGRESS" ? { progress_status: "BACKUP_DATABASE" } : {}),
    message: backup.message,
    user: { login_name: backup.user },
  };
};

export const SERVER_ROUTES: Route[] = [
  {
    method: "GET",
    path: /^\/api\/v1\/health$/,
    who: "anyone",
    handle: () => ({ status: 200, body: '{\n  "health": "OK"\n}\n' }),
  },
  {
    method: "GET",
    path: /^\/api\/version$/,
    version: 1,
    who: "anyone",
    handle: (ask) =>
      ok(
        linked(
          {
            version: "26.1.0",
            build_number: "22543",
            git_sha: "0".repeat(40),
            full_version: "26.1.0 (22543-0)",
            commit_url: `https://github.com/gocd/gocd/commit/${"0".repeat(40)}`,
          },
          ask,
          "#version",
        ),
      ),
  },
  {
    method: "GET",
    path: /^\/api\/admin\/maintenance_mode\/info$/,
    version: 1,
    who: "admin",
    handle: (ask, { maintenance: { on, by, at } }) => {
      const running = { material_update_in_progress: [], building_jobs: [], scheduled_jobs: [] };
      const body = {
        is_maintenance_mode: on,
        metadata: { updated_by: by ?? "GoCD", updated_on: at },
        ...(on ? { attributes: { has_running_systems: false, running_systems: running } } : {}),
      };
      return ok(linked(body, ask, "#maintenance-mode-info"));
    },
  },
  ...(
    [
      ["enable", true],
      ["disable", false],
    ] as const
  ).map(([word, on]): Route => ({
    method: "POST",
    path: new RegExp(`^/api/admin/maintenance_mode/${word}$`),
    version: 1,
    who: "admin",
    json: true,
    handle: (ask, server) => {
      if (server.maintenance.on === on)
        throw new Refusal(
          409,
          `Failed to ${word} server maintenance mode. Server is ${on ? "already" : "not"} in maintenance mode.`,
        );
      server.setMaintenance(on, ask.user);
      return { status: 204 };
    },
  })),
  {
    method: "GET",
    path: /^\/api\/admin\/config\/server\/site_urls$/,
    version: 1,
    who: "admin",
    handle: (ask, server) => ok(linked(server.configuration.siteUrls(), ask, "#siteurls-config")),
  },
  ...(["POST", "PUT"] as const).map((method): Route => ({
    method,
    path: /^\/api\/admin\/config\/server\/site_urls$/,
    version: 1,
    who: "admin",
    handle: (ask, server) => {
      server.configuration.updateSiteUrls(Body.parse(ask.body));
      return ok(linked(server.configuration.siteUrls(), ask, "#siteurls-config"));
    },
  })),
  {
    method: "GET",
    path: /^\/api\/config\/backup$/,
    version: 1,
    who: "admin",
    json: true,
    handle: (ask, server) => ok(linked(server.configuration.backup(), ask, "#backup-config")),
  },
  ...(["POST", "PUT"] as const).map((method): Route => ({
    method,
    path: /^\/api\/config\/backup$/,
    version: 1,
    who: "admin",
    json: true,
    handle: (ask, server) => {
      server.configuration.updateBackup(Body.parse(ask.body));
      return ok(linked(server.configuration.backup(), ask, "#backup-config"));
    },
  })),
  {
    method: "DELETE",
    path: /^\/api\/config\/backup$/,
    version: 1,
    who: "admin",
    handle: (_ask, server) => (
      server.configuration.deleteBackup(),
      ok({ message: "Backup config was deleted successfully!" })
    ),
  },
  {
    method: "GET",
    path: /^\/api\/admin\/config\/server\/artifact_config$/,
    version: 1,
    who: "admin",
    handle: (ask, server) =>
      ok(linked(server.configuration.artifacts(), ask, "#artifact_config"), server.configuration.artifactsTag()),
  },
  {
    method: "PUT",
    path: /^\/api\/admin\/config\/server\/artifact_config$/,
    version: 1,
    who: "admin",
    handle: (ask, server) => {
      server.configuration.updateArtifacts(Body.parse(ask.body), unquoted(ask.header("if-match")));
      return ok(linked(server.configuration.artifacts(), ask, "#artifact_config"), server.configuration.artifactsTag());
    },
  },
  {
    method: "GET",
    path: /^\/api\/admin\/environments$/,
    version: 3,
    who: "user",
    handle: (ask, server) => {
      const environments = server.configuration.environments();
      const body = {
        _embedded: { environments: environments.map((environment) => environmentJson(environment, ask)) },
      };
      return ok(linked(body, ask, "#environment-config"), tagOf(environments));
    },
  },
  {
    method: "POST",
    path: /^\/api\/admin\/environments$/,
    version: 3,
    who: "admin",
    json: true,
    handle: (ask, server) => {
      const created = server.configuration.createEnvironment(Body.parse(ask.body));
      return ok(environmentJson(created, ask), tagOf(created));
    },
  },
  {
    method: "GET",
    path: /^\/api\/admin\/environments\/([^/]+)$/,
    version: 3,
    who: "user",
    handle: (ask, server, name = "") => {
      const environment = server.configuration.environment(decodeURIComponent(name));
      if (unquoted(ask.header("if-none-match")) === tagOf(environment)) return { status: 304 };
      return ok(environmentJson(environment, ask), tagOf(environment));
    },
  },
  {
    method: "PUT",
    path: /^\/api\/admin\/environments\/([^/]+)$/,
    version: 3,
    who: "admin",
    json: true,
    handle: (ask, server, name = "") => {
      const updated = server.configuration.updateEnvironment(
        decodeURIComponent(name),
        Body.parse(ask.body),
        unquoted(ask.header("if-match")),
      );
      return ok(environmentJson(updated, ask), tagOf(updated));
    },
  },
  {
    method: "DELETE",
    path: /^\/api\/admin\/environments\/([^/]+)$/,
    version: 3,
    who: "admin",
    handle: (_ask, server, name = "") => {
      server.configuration.deleteEnvironment(decodeURIComponent(name));
      return ok({ message: `Environment name '${name}' was deleted successfully!` });
    },
  },
  {
    method: "GET",
    path: /^\/api\/server_health_messages$/,
    version: 1,
    who: "user",
    handle: (_ask, server) => ({ status: 200, body: server.healthMessages }),
  },
  {
    method: "POST",
    path: /^\/api\/backups$/,
    version: 2,
    who: "admin",
    json: true,
    handle: (ask, server) => ({
      status: 202,
      headers: { Location: `/go/api/backups/${server.startBackup(ask.user)}`, "Retry-After": "5" },
    }),
  },
  {
    method: "GET",
    path: /^\/api\/backups\/([^/]+)$/,
    version: 2,
    who: "admin",
    handle: (ask, server, id = "") => {
      if (id !== "running" && !/^\d+$/.test(id))
        throw new Refusal(400, "The `id` parameter should be a number, or the keyword `running`");
      const running = server.backups.find((backup) => backup.status === "IN_PROGRESS");
      if (id === "running" && running === undefined) throw new Refusal(404, "Backup id 'running' was not found!");
      return ok(backupJson(id === "running" ? (running?.id ?? 0) : Number(id), ask, server));
    },
  },
];
