import type * as k8s from "@pulumi/kubernetes";
import { RESTRICTED } from "../../kubernetes/security";

/** A variable's value, or where it is. */
type Value = string | { readonly secret: string; readonly key: string };
type Map<T> = { readonly [name: string]: T };

interface Volume {
  readonly mountPath: string;
  readonly readOnly: boolean;
  readonly secret?: string | undefined;
  readonly configMap?: string | undefined;
  readonly empty?: string | undefined;
  readonly claim?: string | undefined;
}

/** What people add to the pods of a pool. */
export interface PodFields {
  readonly env: Map<Value>;
  readonly volumes: Map<Volume>;
  readonly hostAliases: Map<readonly string[]>;
  readonly labels: Map<string>;
  readonly annotations: Map<string>;
  readonly sidecars: Map<{
    readonly image: string;
    readonly command?: readonly string[] | undefined;
    readonly args?: readonly string[] | undefined;
    readonly env: Map<Value>;
    readonly cpu: string;
    readonly memory: string;
  }>;
}

/** The same in Kubernetes' own terms: what goes to the agent's container, and what to its pod. Nothing where nothing is asked for. */
export function podFields({ env, volumes, hostAliases, sidecars }: PodFields) {
  const named = Object.entries(volumes).map(([name, volume]) => ({ name: `own-${name}`, volume }));
  const aliases = Object.entries(hostAliases).map(([ip, hostnames]) => ({ ip, hostnames: [...hostnames] }));
  const mounts = named.map(({ name, volume: { mountPath, readOnly } }) => ({
    name,
    mountPath,
    ...(readOnly && { readOnly }),
  }));
  return {
    env: variables(env),
    mounts,
    volumes: named.map(({ name, volume }) => ({ name, ...source(volume) })),
    pod: aliases.length > 0 ? { hostAliases: aliases } : {},
    sidecars: Object.entries(sidecars).map(
      ([name, { image, command, args, cpu, memory, ...sidecar }]) =>
        ({
          name,
          image,
          restartPolicy: "Always",
          ...(command && { command: [...command] }),
          ...(args && { args: [...args] }),
          env: variables(sidecar.env),
          terminationMessagePolicy: "FallbackToLogsOnError",
          resources: { requests: { cpu, memory }, limits: { memory } },
          securityContext: RESTRICTED,
          volumeMounts: mounts,
        }) satisfies k8s.types.input.core.v1.Container,
    ),
  };
}

const variables = (env: Map<Value>) =>
  Object.entries(env).map(([name, value]) =>
    typeof value === "string"
      ? { name, value }
      : { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } },
  );

function source({ secret, configMap, empty, claim }: Volume): Omit<k8s.types.input.core.v1.Volume, "name"> {
  // Readable for the group that user go is in, as the program's own.
  if (secret !== undefined) return { secret: { secretName: secret, defaultMode: 0o440 } };
  if (configMap !== undefined) return { configMap: { name: configMap } };
  if (claim !== undefined) return { persistentVolumeClaim: { claimName: claim } };
  return { emptyDir: { sizeLimit: empty } };
}
