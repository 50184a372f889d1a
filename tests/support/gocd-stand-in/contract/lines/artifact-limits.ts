import type { Scenario } from "../format";
import { TAG, linked, message, NO_ROUTE, NOT_JSON } from "../facts";

export const ARTIFACT_LIMITS: readonly Scenario[] = [
  {
    name: "limits of artifacts",
    changes: true,
    lines: [
      {
        says: "shows them, with a tag",
        ask: "GET /api/admin/config/server/artifact_config",
        version: 1,
        answer: { status: 200, headers: { etag: TAG } },
        keep: { before: "body", tag: "tag" },
      },
      {
        says: "answers a conditional request in full",
        ask: "GET /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "If-None-Match": '"{tag}"' },
        answer: { status: 200, headers: { etag: '"{tag}"' } },
      },
      {
        says: "refuses a change without a tag",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        body: { artifacts_dir: "artifacts" },
        answer: message(
          412,
          "Someone has modified the entity. Please update your copy with the changes and try again.",
        ),
      },
      {
        says: "refuses a change with an old tag",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "If-Match": '"other"' },
        body: { artifacts_dir: "artifacts" },
        answer: message(
          412,
          "Someone has modified the entity. Please update your copy with the changes and try again.",
        ),
      },
      {
        says: "takes limits",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "If-Match": '"{tag}"' },
        body: { artifacts_dir: "artifacts", purge_settings: { purge_start_disk_space: 2, purge_upto_disk_space: 5 } },
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: linked("#artifact_config", "/api/admin/config/server/artifact_config", {
            artifacts_dir: "artifacts",
            purge_settings: { purge_start_disk_space: 2, purge_upto_disk_space: 5 },
          }),
        },
        keep: { second: "tag" },
      },
      {
        says: "shows the limits",
        ask: "GET /api/admin/config/server/artifact_config",
        version: 1,
        answer: {
          status: 200,
          headers: { etag: '"{second}"' },
          body: linked("#artifact_config", "/api/admin/config/server/artifact_config", {
            artifacts_dir: "artifacts",
            purge_settings: { purge_start_disk_space: 2, purge_upto_disk_space: 5 },
          }),
        },
      },
      {
        says: "packs them on demand, and marks the tag",
        ask: "GET /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "Accept-Encoding": "gzip" },
        answer: {
          status: 200,
          headers: { "content-encoding": "gzip", etag: '"{second}--gzip"' },
          body: linked("#artifact_config", "/api/admin/config/server/artifact_config", {
            artifacts_dir: "artifacts",
            purge_settings: { purge_start_disk_space: 2, purge_upto_disk_space: 5 },
          }),
        },
      },
      {
        says: "takes a tag that gzip has marked",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "If-Match": '"{second}--gzip"' },
        body: { artifacts_dir: "artifacts", purge_settings: { purge_start_disk_space: 2, purge_upto_disk_space: 5 } },
        answer: {
          status: 200,
          headers: { etag: '"{second}"' },
          body: linked("#artifact_config", "/api/admin/config/server/artifact_config", {
            artifacts_dir: "artifacts",
            purge_settings: { purge_start_disk_space: 2, purge_upto_disk_space: 5 },
          }),
        },
      },
      {
        says: "refuses a start above the goal",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "If-Match": '"{second}"' },
        body: { artifacts_dir: "artifacts", purge_settings: { purge_start_disk_space: 5, purge_upto_disk_space: 2 } },
        answer: {
          status: 422,
          body: {
            message:
              "Validations failed for artifacts. Error(s): [Error in artifact cleanup values. The trigger value (5.0GB) should be less than the goal (2.0GB)]. Please correct and resubmit.",
            data: {
              artifacts_dir: "artifacts",
              purge_settings: {
                purge_start_disk_space: 5,
                purge_upto_disk_space: 2,
                errors: {
                  purge_start_disk_space: [
                    "Error in artifact cleanup values. The trigger value (5.0GB) should be less than the goal (2.0GB)",
                  ],
                },
              },
            },
          },
        },
      },
      {
        says: "refuses a start without a goal",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "If-Match": '"{second}"' },
        body: { artifacts_dir: "artifacts", purge_settings: { purge_start_disk_space: 5 } },
        answer: {
          status: 422,
          body: {
            message:
              "Validations failed for artifacts. Error(s): [Error in artifact cleanup values. Please specify goal value]. Please correct and resubmit.",
            data: { artifacts_dir: "artifacts" },
          },
        },
      },
      {
        says: "refuses a goal without a start",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "If-Match": '"{second}"' },
        body: { artifacts_dir: "artifacts", purge_settings: { purge_upto_disk_space: 5 } },
        answer: {
          status: 422,
          body: {
            message:
              "Validations failed for artifacts. Error(s): [Error in artifact cleanup values. The trigger value has to be specified when a goal is set]. Please correct and resubmit.",
            data: { artifacts_dir: "artifacts" },
          },
        },
      },
      {
        says: "refuses malformed JSON",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "Content-Type": "application/json", "If-Match": '"{second}"' },
        body: "{",
        answer: NOT_JSON,
      },
      {
        says: "knows no POST",
        ask: "POST /api/admin/config/server/artifact_config",
        version: 1,
        body: { artifacts_dir: "artifacts" },
        answer: NO_ROUTE,
      },
      {
        says: "takes the limits away",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "If-Match": '"{second}"' },
        body: { artifacts_dir: "artifacts" },
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: linked("#artifact_config", "/api/admin/config/server/artifact_config", { artifacts_dir: "artifacts" }),
        },
        keep: { third: "tag" },
      },
      {
        says: "gets back what it had",
        ask: "PUT /api/admin/config/server/artifact_config",
        version: 1,
        headers: { "Content-Type": "application/json", "If-Match": '"{third}"' },
        body: "{before}",
        answer: { status: 200, headers: { etag: TAG } },
      },
    ],
  },
];
