import { fields, forAMoment, type FieldRule, type TypeRules } from "./rule";

/** Every object of the API has these. */
export const METADATA: readonly FieldRule[] = fields("metadata.name metadata.namespace");

/** Pods that are deleted are the smaller loss: what they had only in memory and in their own file systems. */
const PODS = "its pods, all at once, and what they have outside volumes";

/** What pods mount. */
const MOUNTED = {
  destroyed: "the object, for a moment: a pod that starts meanwhile waits",
  gone: "the object: a pod that mounts it does not start any more",
  retained: "what running pods have read",
};

/**
 * Fields that replace an object, by API group and kind; those of METADATA come on top (pulumi-kubernetes,
 * provider/pkg/provider/diff.go). An object with a fixed name is deleted before its successor is made.
 */
export const KUBERNETES: Readonly<Record<string, TypeRules>> = {
  "apps/StatefulSet": {
    replaces: fields("podManagementPolicy revisionHistoryLimit selector serviceName volumeClaimTemplates", "spec."),
    destroyed: PODS,
    // The claims of its templates depend on persistentVolumeClaimRetentionPolicy: rollout.ts adds them.
  },
  "apps/Deployment": { replaces: fields("spec.selector"), destroyed: PODS },
  "apps/DaemonSet": { replaces: fields("spec.selector"), destroyed: PODS },
  "batch/Job": {
    replaces: fields("completions parallelism selector template", "spec."),
    destroyed: "its pods and their result; the new one runs from the start",
    gone: "its pods and their result",
  },
  "core/Pod": {
    replaces: fields(
      `affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork
       hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName
       readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName
       shareProcessNamespace subdomain terminationGracePeriodSeconds volumes containers initContainers`,
      "spec.",
    ),
    destroyed: "the pod and what it has outside volumes",
  },
  "core/PersistentVolumeClaim": {
    replaces: fields("accessModes selector storageClassName volumeName", "spec."),
    refuses: [
      {
        field: "spec.resources.requests.storage",
        when: "shrinks",
        because: "Kubernetes refuses to shrink a claim",
      },
    ],
    destroyed:
      "the claim, and with a volume whose reclaim policy is Delete the data; deletion waits until no pod uses it",
    retained: "the data of a volume whose reclaim policy is Retain, which takes a new claim only when made anew itself",
  },
  "core/PersistentVolume": {
    replaces: fields(
      `awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs
       hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume`,
      "spec.",
    ),
    refuses: [
      {
        field: "spec.nodeAffinity",
        because: "Kubernetes refuses to change where a volume can be used once that is set",
      },
    ],
    destroyed: "the object in the cluster; deletion waits until its claim is gone",
    // The disk behind it depends on its reclaim policy: deletion.ts adds it.
  },
  "core/ResourceQuota": {
    replaces: fields("spec.scopes"),
    ...forAMoment("the quota"),
  },
  "core/Secret": {
    replaces: fields("type"),
    ...MOUNTED,
  },
  "core/ConfigMap": {
    replaces: [],
    ...MOUNTED,
  },
  "core/Service": {
    replaces: fields("spec.clusterIP"),
    destroyed: "its address; connections through it break",
    retained: "the pods behind it",
  },
  "core/ServiceAccount": { replaces: [], destroyed: "the account and its tokens" },
  "core/Namespace": {
    replaces: [],
    destroyed: "everything in it: workloads, Secrets, claims, and the data of volumes whose reclaim policy is Delete",
    retained: "the disks of volumes whose reclaim policy is Retain",
  },
  "policy/PodDisruptionBudget": { replaces: [], ...forAMoment("the budget") },
  "networking.k8s.io/NetworkPolicy": {
    replaces: [],
    destroyed: "the rule: what it refused is allowed, what it allowed is refused",
  },
  "rbac.authorization.k8s.io/ClusterRoleBinding": {
    replaces: fields("roleRef"),
    ...forAMoment("the rights"),
  },
  "rbac.authorization.k8s.io/RoleBinding": {
    replaces: fields("roleRef"),
    ...forAMoment("the rights"),
  },
  "storage.k8s.io/StorageClass": {
    replaces: fields("parameters provisioner"),
    ...forAMoment("the class"),
    retained: "volumes that it has made",
  },
};

/** A kind that the table does not name. */
export const OTHER_KIND: TypeRules = { replaces: [], destroyed: "the object" };

/** What a Secret or ConfigMap is replaced for where the provider does not change them in place, or they are immutable. */
export const CONTENT: Readonly<Record<string, readonly FieldRule[]>> = {
  "core/Secret": fields("type stringData data"),
  "core/ConfigMap": fields("binaryData data"),
};

/** Option of the provider that makes the above change in place. */
export const MUTABLE: Readonly<Record<string, string>> = {
  "core/Secret": "enableSecretMutable",
  "core/ConfigMap": "enableConfigMapMutable",
};
