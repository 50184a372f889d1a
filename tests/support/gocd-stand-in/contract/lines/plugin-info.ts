import type { Scenario } from "../format";
import { message, TAG } from "../facts";

const PASSWORD_FILE = "cd.go.authentication.passwordfile";

export const PLUGIN_INFO: readonly Scenario[] = [
  {
    name: "what a plugin can be told",
    changes: false,
    lines: [
      {
        says: "names the properties of a plugin, and which of them it needs and keeps secret",
        ask: `GET /api/admin/plugin_info/${PASSWORD_FILE}`,
        version: 7,
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: {
            _links: {
              self: { href: `{origin}/go/api/admin/plugin_info/${PASSWORD_FILE}` },
              doc: { href: "https://api.gocd.org/26.1.0/#plugin-info" },
              find: { href: "{origin}/go/api/admin/plugin_info/:id" },
              image: { href: /\/api\/plugin_images\/cd\.go\.authentication\.passwordfile\/[0-9a-f]{64}$/ },
            },
            id: PASSWORD_FILE,
            status: { state: "active" },
            plugin_file_location: /\/bundled\/[^/]+\.jar$/,
            bundled_plugin: true,
            about: {
              name: /./,
              version: /./,
              target_go_version: /./,
              description: /./,
              target_operating_systems: [],
              vendor: { name: /./, url: /./ },
            },
            extensions: [
              {
                type: "authorization",
                auth_config_settings: {
                  configurations: [{ key: "PasswordFilePath", metadata: { secure: false, required: true } }],
                  view: { template: /./ },
                },
                capabilities: { can_search: true, supported_auth_type: "Password", can_authorize: false },
              },
            ],
          },
        },
      },
      {
        says: "knows none that is not there",
        ask: "GET /api/admin/plugin_info/contract.absent",
        version: 7,
        answer: message(
          404,
          "Either the resource you requested was not found, or you are not authorized to perform this action.",
        ),
      },
    ],
  },
];
