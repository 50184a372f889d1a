// Of pulumi-kubernetes, provider/pkg/provider/diff.go (forceNew), for the kinds that this program makes. The provider of the program updates
// Secrets and ConfigMaps in place (enableSecretMutable, enableConfigMapMutable).

const EVERY = ["metadata.name", "metadata.namespace", "kind", "apiVersion"];

const KINDS: Readonly<Record<string, readonly string[]>> = {
  "apps/v1:Deployment": ["spec.selector"],
  "apps/v1:StatefulSet": [
    "podManagementPolicy",
    "revisionHistoryLimit",
    "selector",
    "serviceName",
    "volumeClaimTemplates",
  ].map((field) => `spec.${field}`),
  "core/v1:PersistentVolume": ["spec.csi"],
  "core/v1:PersistentVolumeClaim": ["accessModes", "selector", "storageClassName", "volumeName"].map(
    (field) => `spec.${field}`,
  ),
  "core/v1:Secret": ["type"],
  "core/v1:Service": ["spec.clusterIP"],
};

/** Whether a changed field makes an object of this type, such as `kubernetes:apps/v1:Deployment`, anew. */
export const makesAnew = (type: string, path: string): boolean =>
  [...EVERY, ...(KINDS[type.replace("kubernetes:", "")] ?? [])].some(
    (field) => path === field || path.startsWith(`${field}.`),
  );
