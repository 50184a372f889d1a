// What a plugin is, and what it can be told. Read in gocd/gocd at tag 26.1.0: api/api-plugin-infos-v7
import { docs, ok, Refusal, type Route } from "./http";
import { PLUGINS } from "./plugin-configs";
import { tagOf } from "./tag";

export const PLUGIN_INFO_ROUTE: Route = {
  method: "GET",
  path: /^\/api\/admin\/plugin_info\/([^/]+)$/,
  version: 7,
  who: "user",
  handle: (ask, _server, id = "") => {
    const plugin = PLUGINS[id];
    if (plugin === undefined)
      throw new Refusal(
        404,
        "Either the resource you requested was not found, or you are not authorized to perform this action.",
      );
    const { name, extension, properties, external = false } = plugin;
    const configurations = properties.map(({ key, required = false, secure = false }) => ({
      key,
      metadata: { secure, required },
    }));
    const settings = {
      authorization: "auth_config_settings",
      secrets: "secret_config_settings",
      configrepo: undefined,
    }[extension];
    const folder = external ? "external" : "bundled";
    return ok(
      {
        _links: {
          self: { href: `${ask.base}${ask.path}` },
          doc: { href: docs("#plugin-info") },
          find: { href: `${ask.base}/api/admin/plugin_info/:id` },
          image: { href: `${ask.base}/api/plugin_images/${id}/${tagOf(plugin)}` },
        },
        id,
        status: { state: "active" },
        plugin_file_location: `/godata/plugins/${folder}/${id}.jar`,
        bundled_plugin: !external,
        about: {
          name,
          version: "1.0.0",
          target_go_version: "24.1.0",
          description: name,
          target_operating_systems: [],
          vendor: { name: "GoCD Contributors", url: "https://www.gocd.org" },
        },
        extensions: [
          {
            type: extension,
            ...(settings && { [settings]: { configurations, view: { template: "<div></div>" } } }),
            ...(extension === "authorization" && {
              capabilities: {
                can_search: true,
                supported_auth_type: external ? "Web" : "Password",
                can_authorize: external,
              },
            }),
          },
        ],
      },
      tagOf(plugin),
    );
  },
};
