import { createHash, X509Certificate } from "node:crypto";
import { privateKey, selfSignedCertificate } from "../../../../support/keys";
import { AGENTS_NAMESPACE, manifests, POOL, ready } from "../../deploy";
import { deployWithShortTimeouts, applyWithShortTimeouts } from "../../short-timeouts";
import { apply, kubectl, patch } from "../../../kubernetes/kubectl";
import { agent, inAgent, inDind, job, pod, status } from "../../pods";
import { eventually } from "../../../kubernetes/run";
import { deletePods } from "../../../kubernetes/delete-pods";

beforeAll(() => deployWithShortTimeouts(), 300_000);
afterAll(() => deployWithShortTimeouts(), 300_000);

const fingerprint = async (ordinal: number) =>
  createHash("sha256")
    .update(await job(ordinal, "cat /certs/client/cert.pem"))
    .digest("hex");
const answers = async (ordinal: number) => (await inAgent(ordinal, "docker info")).code === 0;

test("raising the pool's rotation gives every agent new certificates, one agent after the other", async () => {
  const before = await Promise.all([0, 1].map(fingerprint));
  await applyWithShortTimeouts({ rotation: 2 });
  const fewest = { ready: 2 };
  const rollout = ready();
  const watch = async () => {
    const pods = JSON.parse(await kubectl(["get", "statefulset", POOL, "-n", AGENTS_NAMESPACE, "-o", "json"])) as {
      readonly status: { readonly readyReplicas?: number };
    };
    fewest.ready = Math.min(fewest.ready, pods.status.readyReplicas ?? 0);
  };
  const ended = rollout.then(() => true as const);
  while (!(await Promise.race([ended, watch().then(() => false)])));
  const after = await Promise.all([0, 1].map(fingerprint));
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(fewest.ready).toBe(1);
  expect(await Promise.all([0, 1].map(answers))).toEqual([true, true]);
});

test("a daemon that restarts between new Secrets and the rollout still agrees with its agent", async () => {
  const before = await fingerprint(0);
  const renewed = (await manifests({ rotation: 3 })).filter(
    ({ kind, metadata }) => kind === "Secret" && metadata.name.startsWith(`${POOL}-`),
  );
  await apply(renewed);
  const restarts = status(await pod(agent(0)), "dind").restartCount;
  await inDind(0, "kill -9 $(cat /var/run/docker.pid)");
  await eventually("the daemon to come back", async () =>
    status(await pod(agent(0)), "dind").restartCount > restarts && (await answers(0)) ? true : undefined,
  );
  expect(await fingerprint(0)).toBe(before);
});

test("an expired certificate is named as such, with what to do", async () => {
  const key = privateKey({ algorithm: "ECDSA", ecdsaCurve: "P256" });
  const { certPem } = await selfSignedCertificate({
    privateKeyPem: key["privateKeyPem"] ?? "",
    subject: { commonName: "expired" },
    validityPeriodHours: -1,
    allowedUses: ["server_auth"],
    isCaCertificate: false,
    dnsNames: ["localhost"],
    ipAddresses: ["127.0.0.1"],
  });
  const expired = typeof certPem === "string" ? certPem : "";
  expect(Date.parse(new X509Certificate(expired).validTo)).toBeLessThan(Date.now());
  const change = (secret: string, stringData: Readonly<Record<string, unknown>>) =>
    patch(`secret/${secret}`, AGENTS_NAMESPACE, { stringData });
  await change(`${POOL}-daemon-tls`, {
    [`${agent(1)}.cert.pem`]: expired,
    [`${agent(1)}.key.pem`]: key["privateKeyPem"],
  });
  await change(`${POOL}-client-tls`, { [`${agent(1)}.ca.pem`]: expired });
  await deletePods(AGENTS_NAMESPACE, agent(1));
  const said = await eventually("a message", async () => {
    const log = await kubectl(["logs", agent(1), "-n", AGENTS_NAMESPACE, "-c", "certificates"]);
    return log.includes("expired") ? log : undefined;
  });
  expect(said).toMatch(
    /the daemon's certificate expired on .*: raise gocd:agents\.docker\.rotation by one and run pulumi up/,
  );
});
