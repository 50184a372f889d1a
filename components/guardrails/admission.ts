import type * as k8s from "@pulumi/kubernetes";
import { annotationRules, annotationsAt } from "./admission-metadata";
import { daemonRules, namespaceRules, pathRules, privilegeRules, type Rule } from "./admission-pods";
import { LEADS_ELSEWHERE, serviceRules } from "./admission-services";
import { volumeRules } from "./admission-volumes";

/**
 * One policy for each structure that an object can have, so that Kubernetes can check the types of every expression: pods,
 * objects with a pod template, cron jobs, pod templates by themselves, and volumes; and one for Services and their endpoints.
 */
export const ADMISSION_PARTS = ["pods", "workloads", "cronjobs", "podtemplates", "volumes", "services"] as const;
export type AdmissionPart = (typeof ADMISSION_PARTS)[number];

export interface AdmissionArgs {
  /** Name of the installation, `gocd-<stack>`: cluster-scoped names carry it. */
  readonly name: string;
  readonly serverNamespace: string;
  readonly agentsNamespace: string;
  /**
   * Repository, without tag or digest, of the one image that may run privileged. Any digest of it will do: while a new image is
   * rolled out, pods of the old template may have to be made anew, and refusing those would stop the rollout for good.
   */
  readonly dindRepository: string;
  /**
   * Whether a PersistentVolume that is a directory of a node may be bound to a claim of GoCD. `allow` is for clusters on
   * one's own machine, whose storage class makes such volumes; runtime sockets stay refused. Default: `refuse`.
   */
  readonly nodeVolumes?: "refuse" | "allow";
  /** Whether the daemon's /proc may be unmasked where its pod has users of its own. Default: not. */
  readonly ownUsers?: boolean;
}

type MatchConstraints = k8s.types.input.admissionregistration.v1.MatchResources;

/** Where a matched object of a part keeps its pod specification. */
const POD: Readonly<Record<Exclude<AdmissionPart, "volumes" | "services">, string>> = {
  pods: "object.spec",
  workloads: "object.spec.template.spec",
  cronjobs: "object.spec.jobTemplate.spec.template.spec",
  podtemplates: "object.template.spec",
};

/** What a part matches. */
const RESOURCES: Readonly<Record<AdmissionPart, readonly ApiResources[]>> = {
  pods: [{ group: "", resources: ["pods", "pods/ephemeralcontainers"] }],
  workloads: [
    { group: "", resources: ["replicationcontrollers"] },
    { group: "apps", resources: ["deployments", "statefulsets", "daemonsets", "replicasets"] },
    { group: "batch", resources: ["jobs"] },
  ],
  cronjobs: [{ group: "batch", resources: ["cronjobs"] }],
  podtemplates: [{ group: "", resources: ["podtemplates"] }],
  volumes: [{ group: "", resources: ["persistentvolumes"] }],
  services: [
    { group: "", resources: ["services", "endpoints"] },
    { group: "discovery.k8s.io", resources: ["endpointslices"] },
  ],
};

interface ApiResources {
  readonly group: string;
  readonly resources: readonly string[];
}

/** Physical name of a part's policy and of its binding. */
export function admissionName(part: AdmissionPart, name: string): string {
  return `${name}-${part}`;
}

/** The policy of one part: what nobody may create in GoCD's namespaces, with whatever tool. */
export function admissionPolicy(part: AdmissionPart, args: AdmissionArgs) {
  return {
    metadata: { name: admissionName(part, args.name) },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: matched(part, args),
      matchConditions: [
        // What is on its way out may lose its finalizers, and what is there already its labels, whatever it looks like:
        // the policy stops new things and never holds up the controllers that tidy old ones.
        { name: "not-being-deleted", expression: "!has(object.metadata.deletionTimestamp)" },
        { name: "new-or-changed", expression: `request.operation != 'UPDATE' || ${changed(part)}` },
      ],
      // Without `variables`, at the price of saying everything twice: before Kubernetes 1.36 all policies share one map of their
      // names, and an API server that checks a pod while a policy that has some is made or changed may crash
      // (kubernetes/kubernetes#135757).
      validations: rulesOf(part, args).map(({ offenders, message }) => ({
        expression: `size(${offenders}) == 0`,
        messageExpression: `'${message}: ' + (${offenders}).join(', ')`,
        message,
        reason: "Forbidden",
      })),
    },
  } satisfies k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicy;
}

/** The binding that puts a part's policy into force: it denies. */
export function admissionBinding(part: AdmissionPart, { name }: Pick<AdmissionArgs, "name">) {
  return {
    metadata: { name: admissionName(part, name) },
    spec: { policyName: admissionName(part, name), validationActions: ["Deny"] },
  } satisfies k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
}

/** The rules of a part. */
function rulesOf(part: AdmissionPart, args: AdmissionArgs): readonly Rule[] {
  if (part === "volumes") return volumeRules(args);
  if (part === "services") return serviceRules();
  const pod = POD[part];
  return [
    ...pathRules(pod),
    ...privilegeRules(pod, args),
    ...namespaceRules(pod),
    ...daemonRules(pod),
    ...annotationRules(pod),
  ];
}

/** Whether an update changes what the rules of a part look at. */
function changed(part: AdmissionPart): string {
  if (part === "services") return LEADS_ELSEWHERE;
  const differs = (after: string) => `${after} != ${after.replaceAll("object", "oldObject")}`;
  if (part === "volumes") return differs("object.spec");
  return [POD[part], annotationsAt(POD[part])].map(differs).join(" || ");
}

/** Objects of GoCD's namespaces, or volumes, which have none. */
function matched(part: AdmissionPart, { serverNamespace, agentsNamespace }: AdmissionArgs): MatchConstraints {
  return {
    matchPolicy: "Equivalent",
    resourceRules: RESOURCES[part].map(({ group, resources: names }) => ({
      apiGroups: [group],
      apiVersions: ["v1"],
      operations: ["CREATE", "UPDATE"],
      resources: [...names],
    })),
    ...(part !== "volumes" && {
      namespaceSelector: {
        matchExpressions: [
          { key: "kubernetes.io/metadata.name", operator: "In", values: [serverNamespace, agentsNamespace] },
        ],
      },
    }),
  };
}
