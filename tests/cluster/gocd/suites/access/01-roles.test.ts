import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { kubectl, kubectlProgram, tryKubectl } from "../../../kubernetes/kubectl";
import { documented } from "../../../../engine/harness/docs";
import { deployAccessStack, NAMESPACE, OPENER, OPERATOR } from "../../access-stack";
import { OWN_CLUSTER } from "../../test-images";

/** A request in words of kubectl, and who is let: nobody, the operator, or whoever opens GoCD as well. */
const REQUESTS: readonly [asked: string, opener: boolean, operator: boolean][] = [
  ["get pods/gocd-server-0", true, true],
  ["create pods/gocd-server-0 --subresource=portforward", true, true],
  ["list pods", false, true],
  ["get pods --subresource=log", false, true],
  ["delete pods", false, true],
  ["update statefulsets --subresource=scale", false, true],
  ["get configmaps", false, true],
  ["get secrets", false, false],
  ["list secrets", false, false],
  ["create pods", false, false],
  ["create pods --subresource=exec", false, false],
  ["create pods --subresource=attach", false, false],
  ["patch pods --subresource=ephemeralcontainers", false, false],
  ["patch statefulsets", false, false],
  ["update deployments", false, false],
  ["create serviceaccounts --subresource=token", false, false],
  ["create rolebindings", false, false],
  ["get pods --namespace=kube-system", false, false],
];

// Only where this run may be somebody else to the cluster.
(OWN_CLUSTER ? describe : describe.skip)("rights of people in the cluster", () => {
  const as = (user: string, ...args: readonly string[]) => tryKubectl(["-n", NAMESPACE, `--as=${user}`, ...args]);

  beforeAll(async () => {
    await deployAccessStack("ingress");
  }, 200_000);

  test.each(REQUESTS)("are what the settings give: %s", async (asked, opener, operator) => {
    const can = async (user: string) => (await as(user, "auth", "can-i", ...asked.split(" "))).stdout.trim() === "yes";
    expect([await can(OPENER), await can(OPERATOR)]).toEqual([opener, operator]);
  });

  test("are given to one more person by the commands of access.md", async () => {
    const [bind, opens, secrets] = [
      /^kubectl .* create rolebinding /,
      /^kubectl auth can-i create /,
      /^kubectl auth can-i get /,
    ].map((pattern) => documented("docs/operations/access.md", pattern).replace("gocd-dev", NAMESPACE)) as [
      string,
      string,
      string,
    ];
    const can = async (command: string) => (await tryKubectl(command.split(" ").slice(1))).stdout.trim();
    expect([await can(opens), await can(secrets)]).toEqual(["no", "no"]);
    await kubectl(bind.split(" ").slice(1));
    expect([await can(opens), await can(secrets)]).toEqual(["yes", "no"]);
  });

  test.each([OPENER, OPERATOR])("let %s open GoCD by its pod", async (user) => {
    const forward = spawn(kubectlProgram(), [
      "-n",
      NAMESPACE,
      `--as=${user}`,
      "port-forward",
      "pod/gocd-server-0",
      ":8153",
    ]);
    try {
      const [line] = (await once(createInterface({ input: forward.stdout }), "line")) as [string];
      const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? "";
      const health = await fetch(`http://127.0.0.1:${port}/go/api/v1/health`);
      expect([health.status, await health.json()]).toEqual([200, { health: "OK" }]);
    } finally {
      forward.kill();
    }
  });

  test("show an operator what a server says, and no Secret by any way", async () => {
    expect((await as(OPERATOR, "logs", "gocd-server-0", "-c", "server")).stdout).toContain("ready");
    const ways = [
      ["get", "secret", "gocd-server", "-o", "yaml"],
      ["exec", "gocd-server-0", "-c", "server", "--", "cat", "/etc/gocd-server/passwd"],
      ["run", "reader", "--image=busybox"],
      ["set", "env", "statefulset/gocd-server", "--from=secret/gocd-server"],
      ["create", "token", "gocd-server"],
    ];
    for (const way of ways) {
      const { code, stdout, stderr } = await as(OPERATOR, ...way);
      expect([way[0], code === 0, stdout]).toEqual([way[0], false, ""]);
      expect(stderr).toMatch(/forbidden/i);
    }
  });

  test("let an operator restart the server, and nobody who only opens it", async () => {
    expect((await as(OPENER, "delete", "pod", "gocd-server-0")).stderr).toMatch(/forbidden/i);
    const uid = () => kubectl(["get", "pod", "gocd-server-0", "-n", NAMESPACE, "-o", "jsonpath={.metadata.uid}"]);
    const before = await uid();
    const { code, stderr } = await as(OPERATOR, "delete", "pod", "gocd-server-0", "--wait=true");
    expect([code, stderr]).toEqual([0, ""]);
    await kubectl(["rollout", "status", "-n", NAMESPACE, "statefulset/gocd-server", "--timeout=100s"]);
    expect(await uid()).not.toBe(before);
  });
});
