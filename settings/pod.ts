import { z } from "zod";
import { problem, type Problem } from "./problems";
import { cpu, digest, flag, labelKey, labelValue, list, mapOf, mapWith, size, text, type ReadonlyDeep } from "./values";

/** Kubernetes' rule for names of objects (`IsDNS1123Subdomain`) and, shorter and without dots, of volumes and containers. */
const objectName = text("the name of an object in the agents' namespace", /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
const label = text("a name of at most 40 small letters, digits and dashes", /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/);
const fileKey = text("a key of the Secret or config map", /^[\w.-]{1,253}$/);
const variable = text("the name of a variable: letters, digits and underscores", /^[A-Za-z_]\w*$/);
const absolute = text("an absolute path without . and .. in it", /^(\/(?!\.{1,2}(\/|$))[^/:]+)+$/);
const ip = text("an IPv4 address", /^\d{1,3}(\.\d{1,3}){3}$/);
const host = text("a host name", /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);

const reference = mapWith(
  { secret: objectName.describe("a Secret of the agents' namespace"), key: fileKey.describe("a key of it") },
  "text, or a map with secret, key",
);
const env = mapOf(
  variable,
  z
    .union([z.string(), reference], { error: "text, or a map with secret, key" })
    .describe("its value, or the Secret that has it"),
  "a map of variables",
).default({});

const SOURCES = ["secret", "configMap", "empty", "claim"] as const;
const volume = mapWith(
  {
    mountPath: absolute.describe("where they find it"),
    readOnly: flag.default(false).describe("whether jobs may only read it"),
    secret: objectName.optional().describe("a Secret of the agents' namespace"),
    configMap: objectName.optional().describe("a config map of the agents' namespace"),
    empty: size.optional().describe("an empty directory of at most this size, for as long as the pod lives"),
    claim: objectName.optional().describe("a claim of the agents' namespace, which all agents of the pool mount"),
  },
  "a map with mountPath and one of secret, configMap, empty, claim",
).refine((value) => SOURCES.filter((source) => value[source] !== undefined).length === 1, {
  error: `exactly one of ${SOURCES.join(", ")}`,
});

const sidecar = mapWith({
  image: digest.describe("its image by digest"),
  command: list(z.string(), "a list of words").optional().describe("in place of the image's entry point"),
  args: list(z.string(), "a list of words").optional().describe("its arguments"),
  env: env.describe("its variables, as those of the agent"),
  cpu: cpu.default("100m").describe("its CPU request"),
  memory: size.default("128Mi").describe("its memory request and limit"),
});

/** What people add to the pods of a pool. What opens a way to the node has no key here. */
export const podFields = mapWith({
  env: env.describe("variables of the agent and its jobs: text, or { secret, key } of the agents' namespace"),
  volumes: mapOf(label, volume, "a map of volumes by name")
    .default({})
    .describe("volumes that the agent and the sidecars below mount; jobs in Docker do not"),
  hostAliases: mapOf(
    ip,
    list(host, "a list of host names").describe("names of this address"),
    "a map of host names by address",
  )
    .default({})
    .describe("lines of /etc/hosts of the pod, which jobs in Docker do not have"),
  labels: mapOf(labelKey, labelValue.describe("a label's value"), "a map of labels")
    .default({})
    .describe("labels of the pods"),
  annotations: mapOf(labelKey, z.string({ error: "text" }).describe("an annotation's value"), "a map of annotations")
    .default({})
    .describe("annotations of the pods"),
  sidecars: mapOf(label, sidecar, "a map of sidecars by name")
    .default({})
    .describe("containers beside the agent: up before it starts, down after it has ended"),
}).prefault({});

type PodFields = ReadonlyDeep<z.output<typeof podFields>>;

/** Variables that the program or GoCD's image reads, and those that would put code into every process. */
const TAKEN_VARIABLES =
  /^(POD_NAME|GO_SERVER_URL|HOUSEKEEPING_URL|DRAIN_\w+|ISOLATION|DOCKER_(HOST|LOGINS|TLS_VERIFY|CERT_PATH|CONTEXT|CONFIG)|GIT_SSH_COMMAND|VOLUME_DIR|AGENT_AUTO_REGISTER_\w+|GO_EA_\w+|LD_\w+|PATH|HOME)$/;
/** What the pod or its image has there. Nothing may lie on, in or around these. */
const TAKEN_PATHS = `/godata /go-working-dir /go-agent /gocd-jre /certs /etc/gocd-agent /etc/gocd-ssh /etc/gocd-logins
  /docker-entrypoint.d /usr /bin /sbin /lib /lib64 /proc /sys /dev /var/run /run`.split(/\s+/);
const TAKEN_CONTAINERS = ["agent", "dind", "certificates"];
const TAKEN_PREFIXES = [
  "app.kubernetes.io/",
  "gocd-on-kubernetes/",
  "cluster-autoscaler.kubernetes.io/",
  "kubernetes.io/",
];
/** Suffixes of the Secrets that this program makes for each pool (components/agents/component.ts). */
const TAKEN_SECRETS = /-(identity|daemon-tls|client-tls|git-ssh|docker-logins)$/;

/**
 * What of a pool's additions is taken already.
 *
 * @param key path of the pool's setting.
 */
export function podProblems(key: string, pod: PodFields): Problem[] {
  const taken = (where: string, found: unknown, wanted: string) => problem(`${key}.${where}`, found, wanted);
  const own = "a Secret of your own; jobs of every pool could read this one";
  const variables = (where: string, all: PodFields["env"]) =>
    Object.entries(all).flatMap(([name, value]) => [
      ...(TAKEN_VARIABLES.test(name) ? [taken(where, name, "another variable; the program or the image sets it")] : []),
      ...(typeof value === "object" && TAKEN_SECRETS.test(value.secret)
        ? [taken(`${where}.${name}.secret`, value.secret, own)]
        : []),
    ]);
  const paths = Object.entries(pod.volumes).map(([name, { mountPath }]) => ({ name, mountPath }));
  const inside = (path: string, outer: string) => `${path}/`.startsWith(`${outer}/`);
  return [
    ...variables("env", pod.env),
    ...paths.flatMap(({ name, mountPath }, index) => {
      const others = [...TAKEN_PATHS, ...paths.slice(0, index).map((other) => other.mountPath)];
      const other = others.find((path) => inside(mountPath, path) || inside(path, mountPath));
      if (other === undefined) return [];
      return [taken(`volumes.${name}.mountPath`, mountPath, `a path apart from ${other}`)];
    }),
    ...Object.entries(pod.volumes).flatMap(([name, { secret = "" }]) =>
      TAKEN_SECRETS.test(secret) ? [taken(`volumes.${name}.secret`, secret, own)] : [],
    ),
    ...(["labels", "annotations"] as const).flatMap((where) =>
      Object.keys(pod[where])
        .filter((name) => TAKEN_PREFIXES.some((prefix) => name.startsWith(prefix)))
        .map((name) => taken(where, name, "another prefix; this one belongs to the program or to Kubernetes")),
    ),
    ...Object.entries(pod.sidecars).flatMap(([name, { env: all }]) => [
      ...(TAKEN_CONTAINERS.includes(name) ? [taken("sidecars", name, "another name; the pod has this container")] : []),
      ...variables(`sidecars.${name}.env`, all),
    ]),
  ];
}
