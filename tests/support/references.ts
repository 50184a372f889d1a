import { isObject, unwrappedMap, type WireObject, type WireValue } from "../../preview/run/wire";

/**
 * Where a pod's spec names another object, by the key of the name or of the object around it. No Service is among them: one
 * that selects pods is made beside them, as Pulumi waits until it has found some.
 */
const REFERENCES: Readonly<Record<string, string>> = {
  secretName: "Secret",
  claimName: "PersistentVolumeClaim",
  serviceAccountName: "ServiceAccount",
  configMap: "ConfigMap",
  configMapKeyRef: "ConfigMap",
  configMapRef: "ConfigMap",
  secretKeyRef: "Secret",
  secretRef: "Secret",
};

/** Everything in its namespace that an object names, as `Kind namespace/name`. */
export function referencesOf(inputs: WireObject, namespace: string): string[] {
  const found: string[] = [];
  const visit = (value: WireValue | undefined) => {
    if (Array.isArray(value)) (value as readonly WireValue[]).forEach(visit);
    if (!isObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      const kind = REFERENCES[key];
      const name = isObject(inner) ? inner["name"] : inner;
      if (kind !== undefined && typeof name === "string") found.push(`${kind} ${namespace}/${name}`);
      visit(inner);
    }
  };
  visit(unwrappedMap(inputs));
  return found;
}
