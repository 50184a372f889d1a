import { rules, subjectOf, type RoleName } from "../../../components/roles/roles";

/** What leads to a Secret: itself, a command or a container beside it, a token, or whatever makes pods or lets somebody else in. */
const TO_SECRETS = [
  /^\*$/,
  /^secrets/,
  /^pods\/(exec|attach|ephemeralcontainers|proxy)$/,
  /^serviceaccounts\/token$/,
  /^(services|nodes)\/proxy$/,
];
const MAKES_PODS =
  /^(pods|podtemplates|replicationcontrollers|statefulsets|deployments|replicasets|daemonsets|jobs|cronjobs)$/;
const OPENS = /^(roles|rolebindings|serviceaccounts|configmaps|persistentvolumeclaims)$/;
const CHANGES = ["create", "update", "patch", "*", "bind", "escalate", "impersonate"];

const all = (["open", "operate"] as const satisfies RoleName[]).flatMap((role) =>
  (["server", "agents"] as const).map((place) => ({ role, place, granted: rules(role, place) })),
);

describe("rights of people", () => {
  test.each(all)("lead to no Secret: $role in the namespace of $place", ({ granted }) => {
    for (const { resources = [], verbs } of granted as { readonly resources?: string[]; readonly verbs: string[] }[]) {
      expect(resources.filter((resource) => TO_SECRETS.some((way) => way.test(resource)))).toEqual([]);
      const changed = verbs.some((verb) => CHANGES.includes(verb));
      expect(changed ? resources.filter((one) => MAKES_PODS.test(one) || OPENS.test(one)) : []).toEqual([]);
    }
  });

  test("to open GoCD are about one pod, and nothing of the agents", () => {
    expect(rules("open", "agents")).toEqual([]);
    for (const { resourceNames } of rules("open", "server")) expect(resourceNames).toEqual(["gocd-server-0"]);
  });

  test.each([
    ["user:kim@example.com", { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "kim@example.com" }],
    ["group:oidc:team", { kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "oidc:team" }],
    ["serviceAccount:shop/bot", { kind: "ServiceAccount", namespace: "shop", name: "bot" }],
  ])("belong to whom the settings name: %s", (text, subject) => {
    expect(subjectOf(text)).toEqual(subject);
  });
});
