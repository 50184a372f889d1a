import { HTML } from "../facts";
import type { Scenario } from "../format";

const NOTIFY = "POST /api/webhooks/github/notify";
const PUSH = { repository: { full_name: "a/b", clone_url: "https://github.com/a/b.git" }, ref: "refs/heads/main" };

export const WEBHOOKS: readonly Scenario[] = [
  {
    name: "webhooks",
    changes: false,
    lines: [
      {
        says: "does nothing for a push that nobody has signed",
        ask: NOTIFY,
        as: "nobody",
        headers: { "X-GitHub-Event": "push" },
        body: PUSH,
        answer: {
          status: 401,
          type: HTML,
          body: { message: "No HMAC signature specified via 'X-Hub-Signature' header!" },
        },
      },
      {
        says: "does nothing for a push that is signed with another secret",
        ask: NOTIFY,
        as: "nobody",
        headers: { "X-GitHub-Event": "push", "X-Hub-Signature": `sha1=${"0".repeat(40)}` },
        body: PUSH,
        answer: {
          status: 401,
          type: HTML,
          body: { message: "HMAC signature specified via 'X-Hub-Signature' did not match!" },
        },
      },
    ],
  },
];
