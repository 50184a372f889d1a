import { Containing, type Scenario } from "../format";
import { TAG, message, shownEnvironment } from "../facts";

export const ENVIRONMENT_TAGS: readonly Scenario[] = [
  {
    name: "the tag of an environment",
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
        says: "answers a conditional request with the tag",
        ask: "GET /api/admin/environments/contract-{run}",
        version: 3,
        headers: { "If-None-Match": '"{tag}"' },
        answer: { status: 304, body: "" },
      },
      {
        says: "sends it where the tag is another",
        ask: "GET /api/admin/environments/contract-{run}",
        version: 3,
        headers: { "If-None-Match": '"other"' },
        answer: { status: 200, headers: { etag: '"{tag}"' }, body: shownEnvironment("contract-{run}") },
      },
      {
        says: "packs it on demand, and marks the tag",
        ask: "GET /api/admin/environments/contract-{run}",
        version: 3,
        headers: { "Accept-Encoding": "gzip" },
        answer: {
          status: 200,
          headers: { "content-encoding": "gzip", etag: '"{tag}--gzip"' },
          body: shownEnvironment("contract-{run}"),
        },
      },
      {
        says: "knows the tag that gzip has marked",
        ask: "GET /api/admin/environments/contract-{run}",
        version: 3,
        headers: { "Accept-Encoding": "gzip", "If-None-Match": '"{tag}--gzip"' },
        answer: { status: 304, body: "" },
      },
      {
        says: "lists it",
        ask: "GET /api/admin/environments",
        version: 3,
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: {
            _links: {
              self: { href: "{origin}/go/api/admin/environments" },
              doc: { href: "https://api.gocd.org/current/#environment-config" },
            },
            _embedded: { environments: new Containing([shownEnvironment("contract-{run}")]) },
          },
        },
        keep: { all: "tag" },
      },
      {
        says: "lists in full, whatever the condition",
        ask: "GET /api/admin/environments",
        version: 3,
        headers: { "If-None-Match": '"{all}"' },
        answer: {
          status: 200,
          headers: { etag: '"{all}"' },
          body: {
            _links: {
              self: { href: "{origin}/go/api/admin/environments" },
              doc: { href: "https://api.gocd.org/current/#environment-config" },
            },
            _embedded: { environments: new Containing([shownEnvironment("contract-{run}")]) },
          },
        },
      },
      {
        says: "refuses a change without a tag",
        ask: "PUT /api/admin/environments/contract-{run}",
        version: 3,
        body: { name: "contract-{run}" },
        answer: message(
          412,
          "Someone has modified the configuration for environment 'contract-{run}'. Please update your copy of the config with the changes and try again.",
        ),
      },
      {
        says: "refuses a change with an old tag",
        ask: "PUT /api/admin/environments/contract-{run}",
        version: 3,
        headers: { "If-Match": '"other"' },
        body: { name: "contract-{run}" },
        answer: message(
          412,
          "Someone has modified the configuration for environment 'contract-{run}'. Please update your copy of the config with the changes and try again.",
        ),
      },
      {
        says: "refuses another name",
        ask: "PUT /api/admin/environments/contract-{run}",
        version: 3,
        headers: { "If-Match": '"{tag}"' },
        body: { name: "contract-x-{run}" },
        answer: message(422, "Renaming of environment is not supported by this API."),
      },
      {
        says: "takes a change with the tag that gzip has marked",
        ask: "PUT /api/admin/environments/contract-{run}",
        version: 3,
        headers: { "If-Match": '"{tag}--gzip"' },
        body: { name: "contract-{run}", environment_variables: [{ secure: false, name: "A", value: "1" }] },
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: shownEnvironment("contract-{run}", [{ secure: false, name: "A", value: "1" }]),
        },
        keep: { second: "tag" },
      },
      {
        says: "takes a change with the tag",
        ask: "PUT /api/admin/environments/contract-{run}",
        version: 3,
        headers: { "If-Match": '"{second}"' },
        body: { name: "contract-{run}", environment_variables: [{ secure: false, name: "B", value: "2" }] },
        answer: {
          status: 200,
          headers: { etag: TAG },
          body: shownEnvironment("contract-{run}", [{ secure: false, name: "B", value: "2" }]),
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
