import type { Scenario } from "../format";
import { TAG, message, NOT_JSON, shownEnvironment } from "../facts";

export const ENVIRONMENTS: readonly Scenario[] = [
  {
    name: "an environment",
    changes: true,
    lines: [
      {
        says: "creates one",
        ask: "POST /api/admin/environments",
        version: 3,
        body: { name: "contract-{run}" },
        answer: { status: 200, headers: { etag: TAG }, body: shownEnvironment("contract-{run}") },
        keep: { tag: "tag" },
      },
      {
        says: "refuses one of that name, whatever the case",
        ask: "POST /api/admin/environments",
        version: 3,
        body: { name: "CONTRACT-{run}" },
        answer: {
          status: 422,
          body: {
            message:
              "Failed to add environment 'CONTRACT-{run}'. Another environment with the same name already exists.",
            data: { name: "CONTRACT-{run}", pipelines: [], environment_variables: [] },
          },
        },
      },
      {
        says: "refuses a bad name, with status 400 and a tag",
        ask: "POST /api/admin/environments",
        version: 3,
        body: { name: "contract {run}" },
        answer: {
          status: 400,
          headers: { etag: TAG },
          body: {
            message:
              "Failed to add environment 'contract {run}'. failed to save : Environment name is invalid. \"contract {run}\" should conform to the pattern - [a-zA-Z0-9_\\-]{1}[a-zA-Z0-9_\\-.]*",
            data: { name: "contract {run}", pipelines: [], environment_variables: [] },
          },
        },
      },
      {
        says: "refuses one without a name",
        ask: "POST /api/admin/environments",
        version: 3,
        body: {},
        answer: message(422, "Json `{}` does not contain property 'name'"),
      },
      {
        says: "refuses malformed JSON",
        ask: "POST /api/admin/environments",
        version: 3,
        headers: { "Content-Type": "application/json" },
        body: "{",
        answer: NOT_JSON,
      },
      {
        says: "reads JSON of any content type",
        ask: "POST /api/admin/environments",
        version: 3,
        headers: { "Content-Type": "text/plain" },
        body: '{"name":"CONTRACT-{run}"}',
        answer: {
          status: 422,
          body: {
            message:
              "Failed to add environment 'CONTRACT-{run}'. Another environment with the same name already exists.",
            data: { name: "CONTRACT-{run}", pipelines: [], environment_variables: [] },
          },
        },
      },
      {
        says: "wants a body",
        ask: "POST /api/admin/environments",
        version: 3,
        answer: message(422, "Json `{}` does not contain property 'name'"),
      },
      {
        says: "shows it, with the same tag",
        ask: "GET /api/admin/environments/contract-{run}",
        version: 3,
        answer: { status: 200, headers: { etag: '"{tag}"' }, body: shownEnvironment("contract-{run}") },
      },
      {
        says: "finds it whatever the case",
        ask: "GET /api/admin/environments/CONTRACT-{run}",
        version: 3,
        answer: { status: 200, headers: { etag: '"{tag}"' }, body: shownEnvironment("contract-{run}") },
      },
      {
        says: "deletes it without confirmation",
        ask: "DELETE /api/admin/environments/contract-{run}",
        version: 3,
        answer: message(200, "Environment with name 'contract-{run}' was deleted successfully!"),
      },
      {
        says: "does not delete it again",
        ask: "DELETE /api/admin/environments/contract-{run}",
        version: 3,
        answer: message(404, "Environment with name 'contract-{run}' was not found!"),
      },
      {
        says: "does not show it",
        ask: "GET /api/admin/environments/contract-{run}",
        version: 3,
        answer: message(404, "Environment with name 'contract-{run}' was not found!"),
      },
      {
        says: "does not replace it",
        ask: "PUT /api/admin/environments/contract-{run}",
        version: 3,
        body: { name: "contract-{run}" },
        answer: message(404, "Environment with name 'contract-{run}' was not found!"),
      },
      {
        says: "does not change it",
        ask: "PATCH /api/admin/environments/contract-{run}",
        version: 3,
        body: {},
        answer: message(404, "Environment with name 'contract-{run}' was not found!"),
      },
    ],
  },
];
