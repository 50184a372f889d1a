// What is asked about the server's settings. Read in gocd/gocd at tag 26.1.0:
//   api/api-server-site-urls-config-v1, api/api-backup-config-v1, api/api-artifact-config-v1
import { Body } from "./body";
import { linked, ok, unquoted, type Answer, type Ask, type Handler, type Route } from "./http";
import type { GocdStandIn } from "./stand-in";

const SITE_URLS = /^\/api\/admin\/config\/server\/site_urls$/;
const BACKUP = /^\/api\/config\/backup$/;
const ARTIFACTS = /^\/api\/admin\/config\/server\/artifact_config$/;

const siteUrls = (ask: Ask, server: GocdStandIn): object =>
  linked(server.configuration.siteUrls(), ask, "#siteurls-config");
const backup = (ask: Ask, server: GocdStandIn): Answer =>
  ok(linked(server.configuration.backup(), ask, "#backup-config"));
const artifacts: Handler = (ask, { configuration }) =>
  ok(linked(configuration.artifacts(), ask, "#artifact_config"), configuration.artifactsTag());

/** An API that takes the same by POST and by PUT. */
const written = (path: RegExp, handle: Handler, json: boolean): readonly Route[] =>
  (["POST", "PUT"] as const).map((method) => ({ method, path, version: 1, who: "admin", json, handle }));

export const SETTINGS_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: SITE_URLS,
    version: 1,
    who: "admin",
    handle: (ask, server) => ok(siteUrls(ask, server)),
  },
  ...written(
    SITE_URLS,
    (ask, server) => {
      server.configuration.updateSiteUrls(Body.parse(ask.body), siteUrls(ask, server));
      return ok(siteUrls(ask, server));
    },
    false,
  ),
  { method: "GET", path: BACKUP, version: 1, who: "admin", handle: backup },
  ...written(
    BACKUP,
    (ask, server) => {
      server.configuration.updateBackup(Body.parse(ask.body));
      return backup(ask, server);
    },
    true,
  ),
  {
    method: "DELETE",
    path: BACKUP,
    version: 1,
    who: "admin",
    handle: (_ask, server) => {
      server.configuration.deleteBackup();
      return ok({ message: "Backup config was deleted successfully!" });
    },
  },
  { method: "GET", path: ARTIFACTS, version: 1, who: "admin", handle: artifacts },
  {
    method: "PUT",
    path: ARTIFACTS,
    version: 1,
    who: "admin",
    handle: (ask, server) => {
      server.configuration.updateArtifacts(Body.parse(ask.body), unquoted(ask.header("if-match")));
      return artifacts(ask, server);
    },
  },
];
