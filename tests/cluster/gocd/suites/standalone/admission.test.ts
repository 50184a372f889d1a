import { admissionBinding, ADMISSION_PARTS, admissionPolicy } from "../../../../../components/guardrails/admission";
import { CASES } from "../../../../policy/cases/all";
import { resolvedManifests } from "../../../../support/program";
import {
  agentsPod,
  container,
  image,
  inEveryKind,
  INSTALLATION,
  volume,
  type Case,
} from "../../../../policy/cases/case";
import { create, get, patchSubresource, type Answer, type KubernetesObject } from "../../../kubernetes/api";
import { apply, dryRun, remove } from "../../../kubernetes/kubectl";
import { eventually } from "../../../kubernetes/run";

interface Policy extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly typeChecking?: { readonly expressionWarnings?: readonly object[] };
  };
}

/** A StatefulSet or a Deployment, as far as the pods go that it makes. */
interface Workload extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly metadata: object; readonly spec: { readonly volumes?: readonly object[] } };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

const namespaces = [INSTALLATION.serverNamespace, INSTALLATION.agentsNamespace, "shop"].map((name) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name },
}));
const REGISTRATION = { apiVersion: "admissionregistration.k8s.io/v1" };
const policies = ADMISSION_PARTS.flatMap((part) => [
  { ...REGISTRATION, kind: "ValidatingAdmissionPolicy", ...admissionPolicy(part, INSTALLATION) },
  { ...REGISTRATION, kind: "ValidatingAdmissionPolicyBinding", ...admissionBinding(part, INSTALLATION) },
]);
const atAdmission = CASES.filter(({ tags, object }) => tags !== "review" && "metadata" in object);
const nodeSpec = { containers: [container()], volumes: [{ name: "node", hostPath: { path: "/var/log" } }] };
const HOST_PATH = { volumes: [{ name: "node", hostPath: { path: "/var/log" } }] };

beforeAll(async () => {
  await apply(namespaces);
  await apply(policies);
  // Each part comes into force by itself.
  for (const object of [
    ...Object.values(inEveryKind(nodeSpec, INSTALLATION.agentsNamespace)),
    volume({ hostPath: { path: "/mnt/data" } }, INSTALLATION.agentsNamespace),
  ])
    await eventually("the policies to be in force", async () =>
      (await ask({ object })).status === 403 ? true : undefined,
    );
}, 120_000);

afterAll(async () => {
  await remove(policies);
  await remove(namespaces);
}, 300_000);

test.each(atAdmission.filter(({ expect }) => expect === "refused"))("the API server refuses $name", async (refused) => {
  const answer = await ask(refused);
  expect(answer).toEqual({
    status: 403,
    said: expect.stringMatching(/ValidatingAdmissionPolicy '[^']+' with binding '[^']+' denied request: \S/) as string,
  });
});

test.each(atAdmission.filter(({ expect }) => expect === "allowed"))("the API server admits $name", async (allowed) => {
  expect(await ask(allowed)).toEqual({ status: 201, said: "" });
});

test("the API server admits this program: its volumes, its workloads, and the pods that they make", async () => {
  const objects = await resolvedManifests({ stack: "dev", config: { "gcp:project": "my-project" } });
  await apply(objects.filter(({ kind }) => kind === "ServiceAccount"));
  const workloads = objects.filter(
    (object): object is Workload & (typeof objects)[number] => "template" in spec(object),
  );
  expect(workloads.map(({ kind }) => kind).sort()).toEqual(["Deployment", "StatefulSet", "StatefulSet"]);
  const volumes = objects.filter(({ kind }) => kind === "PersistentVolume");
  expect(volumes).not.toEqual([]);
  for (const object of [...volumes, ...workloads, ...workloads.map(podOf)])
    expect({ object: `${object.kind} ${object.metadata.name}`, ...(await ask({ object })) }).toEqual({
      object: `${object.kind} ${object.metadata.name}`,
      status: 201,
      said: "",
    });
});

test("the cluster's own pods may use the node, with any right", async () => {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "own", namespace: "kube-system" },
    spec: {
      hostNetwork: true,
      containers: [{ name: "own", image, securityContext: { privileged: true } }],
      ...HOST_PATH,
    },
  };
  expect((await create(pod, true)).status).toBe(201);
});

test("what is refused in a Pod is refused in every way to apply it", async () => {
  const { code, stderr } = await dryRun([agentsPod(HOST_PATH)]);
  expect(code).not.toBe(0);
  expect(stderr).toContain("denied request");
});

test.each(ADMISSION_PARTS)("Kubernetes finds no mistake of types in the policy for %s", async (part) => {
  const { status } = await eventually("the type check", async () => {
    const policy = await get<Policy>(`validatingadmissionpolicy/${INSTALLATION.name}-${part}`, "default");
    return policy.status?.observedGeneration === policy.metadata.generation ? policy : undefined;
  });
  expect(status?.typeChecking?.expressionWarnings ?? []).toEqual([]);
});

const spec = (object: object): object =>
  "spec" in object && typeof object.spec === "object" ? (object.spec ?? {}) : {};

/** The first pod of a workload, as its controller makes it. */
function podOf({ metadata: { name, namespace }, spec: { template, volumeClaimTemplates = [] } }: Workload) {
  const claims = volumeClaimTemplates.map(({ metadata: volume }) => ({
    name: volume.name,
    persistentVolumeClaim: { claimName: `${volume.name}-${name}-0` },
  }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...template.metadata, name: `${name}-0`, namespace },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] },
  };
}

/** Sends a case as a client would: ephemeral containers go to a pod that is there, by its subresource. */
async function ask({ object }: Pick<Case, "object">): Promise<{ readonly status: number; readonly said: string }> {
  const whole = object as unknown as KubernetesObject & {
    readonly spec?: { readonly ephemeralContainers?: readonly object[] };
  };
  const ephemeral = whole.kind === "Pod" ? whole.spec?.ephemeralContainers : undefined;
  if (ephemeral === undefined) return read(await create(whole, true));
  const spec: Record<string, unknown> = { ...whole.spec };
  delete spec["ephemeralContainers"];
  const pod = { ...whole, spec };
  const created = await create(pod);
  if (created.status !== 201) return read(created);
  const answer = read(
    await patchSubresource(whole, "ephemeralcontainers", { spec: { ephemeralContainers: ephemeral } }, true),
  );
  await remove([pod]);
  return answer.status === 200 ? { ...answer, status: 201 } : answer;
}

const read = ({ status, body }: Answer) => ({
  status,
  said: status < 300 ? "" : String((body as { readonly message?: unknown }).message),
});
