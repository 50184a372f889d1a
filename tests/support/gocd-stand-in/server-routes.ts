// What is asked about the server itself. Read in gocd/gocd at tag 26.1.0:
//   api/api-server-health-v1, api/api-version-v1, api/api-server-maintenance-mode-v1, api/api-server-health-messages-v1,
//   api/api-backups-v2
import { docs, linked, ok, okOnCondition, Refusal, type Ask, type Route } from "./http";
import type { GocdStandIn } from "./stand-in";
import { tagOf } from "./tag";

const SHA = "0".repeat(40);
const VERSION = {
  version: "26.1.0",
  build_number: "22543",
  git_sha: SHA,
  full_version: `26.1.0 (22543-${SHA})`,
  commit_url: `https://github.com/gocd/gocd/commit/${SHA}`,
};

const backupJson = (id: number, ask: Ask, server: GocdStandIn): object => {
  const backup = server.backups.find((one) => one.id === id);
  if (backup === undefined) throw new Refusal(404, `Backup with id '${id}' was not found!`);
  return {
    _links: { doc: { href: docs("#backups") }, self: { href: `${ask.base}/api/backups/${id}` } },
    time: backup.time,
    path: backup.path,
    status: backup.status,
    progress_status: "BACKUP_DATABASE",
    message: backup.message,
    user: {
      _links: {
        doc: { href: docs("#users") },
        self: { href: `${ask.base}/api/users/${backup.user}` },
        find: { href: `${ask.base}/api/users/:login_name` },
        current_user: { href: `${ask.base}/api/current_user` },
      },
      login_name: backup.user,
    },
  };
};

export const SERVER_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: /^\/api\/v1\/health$/,
    who: "anyone",
    version: 1,
    handle: () => ok({ health: "OK" }),
  },
  {
    method: "GET",
    path: /^\/api\/version$/,
    version: 1,
    who: "anyone",
    handle: (ask) => ({ ...ok(linked(VERSION, ask, "#version")), type: null }),
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
        metadata: { updated_by: by, updated_on: at },
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
    path: /^\/api\/server_health_messages$/,
    version: 1,
    who: "user",
    handle: (ask, server) => okOnCondition(ask, server.healthMessages, tagOf(server.healthMessages)),
  },
  {
    method: "POST",
    path: /^\/api\/backups$/,
    version: 2,
    who: "admin",
    json: true,
    handle: (ask, server) => ({
      status: 202,
      body: "",
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
      if (id === "running" && running === undefined) throw new Refusal(404, "Backup with id 'running' was not found!");
      return ok(backupJson(id === "running" ? (running?.id ?? 0) : Number(id), ask, server));
    },
  },
];
