import {
  admissionBinding,
  admissionName,
  ADMISSION_PARTS,
  admissionPolicy,
  type AdmissionArgs,
} from "../../../components/guardrails/admission";
import { DAEMON_VARIABLES } from "../../../policy/tables/daemons";
import { DIND } from "../../../policy/tables/dind";
import { SOCKETS } from "../../../policy/tables/paths";
import { HARMLESS_DEVICES, RUNTIME_ANNOTATIONS } from "../../../policy/tables/operators";
import { DANGEROUS_CAPABILITIES, HOST_SWITCHES, STATIC_POD_ANNOTATIONS } from "../../../policy/tables/privileges";
import { NODE_DRIVERS, REFUSED_SOURCES } from "../../../policy/tables/volumes";
import { INSTALLATION } from "../../policy/cases/case";

const policies = ADMISSION_PARTS.map((part) => admissionPolicy(part, INSTALLATION));
const podPolicies = policies.filter(({ metadata }) => !/-(volumes|services)$/.test(metadata.name));
const textOf = (args: AdmissionArgs, part: (typeof ADMISSION_PARTS)[number] = "pods") =>
  JSON.stringify(admissionPolicy(part, args));

/** A text as it stands in a literal of an expression that stands in JSON. */
const escaped = (text: string) => JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1);

interface Matched {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly string[];
}

describe("the admission policies", () => {
  test("cover pods, ephemeral containers, every kind with a pod template, volumes, and Services with their endpoints", () => {
    const matched = policies.flatMap(({ spec }) => [spec.matchConstraints.resourceRules].flat()) as readonly Matched[];
    const resources = matched.flatMap(({ apiGroups, resources: names }) =>
      names.map((name) => `${apiGroups.join("")}/${name}`),
    );
    expect(resources.sort()).toEqual([
      "/endpoints",
      "/persistentvolumes",
      "/pods",
      "/pods/ephemeralcontainers",
      "/podtemplates",
      "/replicationcontrollers",
      "/services",
      "apps/daemonsets",
      "apps/deployments",
      "apps/replicasets",
      "apps/statefulsets",
      "batch/cronjobs",
      "batch/jobs",
      "discovery.k8s.io/endpointslices",
    ]);
    for (const { operations } of matched) expect(operations).toEqual(["CREATE", "UPDATE"]);
  });

  test("ask for a pod's users only where some pool's pods have users of their own", () => {
    expect(textOf(INSTALLATION)).toContain("hostUsers");
    for (const part of ADMISSION_PARTS)
      expect(textOf({ ...INSTALLATION, ownUsers: false }, part)).not.toContain("hostUsers");
  });

  test("look at pods and Services of GoCD's two namespaces and no others", () => {
    for (const { spec } of policies.filter(({ metadata }) => !metadata.name.endsWith("-volumes"))) {
      expect(spec.matchConstraints.namespaceSelector).toEqual({
        matchExpressions: [
          { key: "kubernetes.io/metadata.name", operator: "In", values: ["gocd-dev", "gocd-dev-agents"] },
        ],
      });
    }
  });

  test("fail closed, deny, and say what is wrong", () => {
    for (const { spec } of policies) {
      expect(spec.failurePolicy).toBe("Fail");
      for (const { message, messageExpression } of spec.validations) {
        expect(messageExpression).toContain(message);
        expect(message).not.toMatch(/['\n]/);
      }
    }
    for (const part of ADMISSION_PARTS)
      expect(admissionBinding(part, INSTALLATION).spec.validationActions).toEqual(["Deny"]);
  });

  test("hold nothing up that is being deleted or that does not change its pods", () => {
    for (const { spec } of policies) {
      expect(spec.matchConditions.map(({ name }) => name)).toEqual(["not-being-deleted", "new-or-changed"]);
      expect(spec.matchConditions[1]?.expression).toMatch(
        /^request.operation != 'UPDATE' \|\| .*object\S* != .*oldObject/,
      );
    }
  });

  test("are bound by name, and two installations in one cluster share none", () => {
    const names = (name: string) =>
      ADMISSION_PARTS.flatMap((part) => [
        admissionPolicy(part, { ...INSTALLATION, name }).metadata.name,
        admissionBinding(part, { name }).metadata.name,
      ]);
    expect(names("gocd-dev").filter((name) => names("gocd-prod").includes(name))).toEqual([]);
    for (const part of ADMISSION_PARTS) {
      expect(admissionBinding(part, INSTALLATION).spec.policyName).toBe(
        admissionPolicy(part, INSTALLATION).metadata.name,
      );
      expect(admissionName(part, "gocd-dev")).toBe(`gocd-dev-${part}`);
    }
  });

  test("have no variables, which crash API servers before Kubernetes 1.36 (kubernetes/kubernetes#135757)", () => {
    for (const policy of policies) expect(JSON.stringify(policy)).not.toMatch(/\bvariables\b/);
  });

  test.each(podPolicies.map((policy) => [policy.metadata.name, JSON.stringify(policy)]))(
    "%s knows what the rules in review know",
    (_name, expressions) => {
      const known = [
        ...DAEMON_VARIABLES,
        ...DANGEROUS_CAPABILITIES,
        ...Object.keys(HOST_SWITCHES),
        ...NODE_DRIVERS,
        ...Object.keys(REFUSED_SOURCES),
        ...DIND.mounts.map(({ mountPath }) => mountPath),
        ...RUNTIME_ANNOTATIONS.filter(({ is }) => is !== "unchecked").map(({ name }) => escaped(name.source)),
        ...HARMLESS_DEVICES,
        ...STATIC_POD_ANNOTATIONS,
      ];
      expect(known.filter((word) => !expressions.includes(word))).toEqual([]);
    },
  );

  test("know every socket under both spellings of /run", () => {
    const expressions = textOf(INSTALLATION, "volumes");
    const plain = SOCKETS.map(({ path }) => path).filter((path) => !path.includes("*"));
    expect(plain.filter((path) => !expressions.includes(path))).toEqual([]);
    expect(plain.filter((path) => path.startsWith("/run/") && !expressions.includes(`/var${path}`))).toEqual([]);
  });
});

describe("what may be privileged", () => {
  test("is this installation's image by digest and no other, in the agents' namespace", () => {
    expect(textOf(INSTALLATION)).toContain(`${INSTALLATION.dindRepository}@sha256:`);
    expect(textOf(INSTALLATION)).toContain('request.namespace == \\"gocd-dev-agents\\"');
  });
});

describe("volumes of a node", () => {
  const nodes = (args: AdmissionArgs) => {
    const { validations } = admissionPolicy("volumes", args).spec;
    return validations.find(({ message }) => message.startsWith("claims of GoCD"))?.expression;
  };

  test("are refused for GoCD's claims, by both namespaces' names", () => {
    expect(nodes(INSTALLATION)).toContain("has(object.spec.hostPath)");
    expect(nodes(INSTALLATION)).toContain("has(object.spec.local)");
    expect(nodes(INSTALLATION)).toContain('["gocd-dev", "gocd-dev-agents"]');
  });

  test("may be bound where the cluster has no other disks, while sockets and drivers of the node stay refused", () => {
    const allowing = { ...INSTALLATION, nodeVolumes: "allow" } as const;
    expect(nodes(allowing)).not.toContain("has(object.spec.local)");
    expect(nodes(allowing)).toContain("has(object.spec.flexVolume)");
    expect(textOf(allowing, "volumes")).toContain("a volume may not hold the socket of a container runtime");
  });
});
