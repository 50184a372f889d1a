import type { Scenario } from "../format";
import { TAG, message, NOT_JSON, shownEnvironment } from "../facts";

export const ENVIRONMENT_CHANGES: readonly Scenario[] = [
  {
    name: "a change of an environment",
    changes: true,
    lines: [
      {
        says: "creates one",
        ask: "POST /api/admin/environments",
        version: 3,
        body: { name: "contract-{run}", environment_variables: [{ secure: false, name: "B", value: "2" }] },
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: shownEnvironment("contract-{run}", [{ secure: false, name: "B", value: "2" }]),
        },
      },
      {
        says: "adds to it and removes from it",
        ask: "PATCH /api/admin/environments/contract-{run}",
        version: 3,
        body: { environment_variables: { add: [{ secure: false, name: "C", value: "3" }], remove: ["B"] } },
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: shownEnvironment("contract-{run}", [{ secure: false, name: "C", value: "3" }]),
        },
      },
      {
        says: "adds a variable that is there",
        ask: "PATCH /api/admin/environments/contract-{run}",
        version: 3,
        body: { environment_variables: { add: [{ secure: false, name: "C", value: "4" }] } },
        answer: {
          status: 422,
          headers: { etag: TAG },
          body: {
            message: /Environment Variable name 'C' is not unique for environment/,
            data: {
              name: "contract-{run}",
              pipelines: [],
              environment_variables: [{ secure: false, name: "C", value: "3" }],
            },
          },
        },
      },
      {
        says: "removes a variable that is not there",
        ask: "PATCH /api/admin/environments/contract-{run}",
        version: 3,
        body: { environment_variables: { remove: ["nothing"] } },
        answer: {
          status: 422,
          headers: { etag: TAG },
          body: {
            message:
              "Failed to update environment 'contract-{run}'. Environment variable with name 'nothing' does not exist in environment 'contract-{run}'",
            data: {
              name: "contract-{run}",
              pipelines: [],
              environment_variables: [{ secure: false, name: "C", value: "3" }],
            },
          },
        },
      },
      {
        says: "adds no pipeline that there is not",
        ask: "PATCH /api/admin/environments/contract-{run}",
        version: 3,
        body: { pipelines: { add: ["contract-absent"] } },
        answer: {
          status: 422,
          headers: { etag: TAG },
          body: {
            message:
              "Failed to update environment 'contract-{run}'. Environment 'contract-{run}' refers to an unknown pipeline 'contract-absent'.",
            data: {
              name: "contract-{run}",
              pipelines: [],
              environment_variables: [{ secure: false, name: "C", value: "3" }],
            },
          },
        },
      },
      {
        says: "removes a pipeline that is not in it",
        ask: "PATCH /api/admin/environments/contract-{run}",
        version: 3,
        body: { pipelines: { remove: ["contract-absent"] } },
        answer: {
          status: 422,
          headers: { etag: TAG },
          body: {
            message:
              "Failed to update environment 'contract-{run}'. Pipeline 'contract-absent' does not exist in environment 'contract-{run}'",
            data: {
              name: "contract-{run}",
              pipelines: [],
              environment_variables: [{ secure: false, name: "C", value: "3" }],
            },
          },
        },
      },
      {
        says: "changes nothing for an empty body",
        ask: "PATCH /api/admin/environments/contract-{run}",
        version: 3,
        body: {},
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: shownEnvironment("contract-{run}", [{ secure: false, name: "C", value: "3" }]),
        },
      },
      {
        says: "refuses malformed JSON in a change",
        ask: "PATCH /api/admin/environments/contract-{run}",
        version: 3,
        headers: { "Content-Type": "application/json" },
        body: "{",
        answer: NOT_JSON,
      },
      {
        says: "shows what is left",
        ask: "GET /api/admin/environments/contract-{run}",
        version: 3,
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: shownEnvironment("contract-{run}", [{ secure: false, name: "C", value: "3" }]),
        },
      },
      {
        says: "deletes it",
        ask: "DELETE /api/admin/environments/contract-{run}",
        version: 3,
        answer: message(200, "Environment with name 'contract-{run}' was deleted successfully!"),
      },
    ],
  },
];
