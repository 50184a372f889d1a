import type { KubernetesObject } from "../../../kubernetes/api";
import { apply, exec } from "../../../kubernetes/kubectl";
import { eventually, type Ended } from "../../../kubernetes/run";
import { GUEST_NODE } from "../../../kubernetes/sandbox";
import { GUEST_TAINT, WRITABLE_CGROUP } from "../../../kubernetes/guest-node";
import { AGENTS_NAMESPACE, claimsOf, manifests, SERVER_NAMESPACE } from "../../deploy";
import { pod, status } from "../../pods";

/** The same pool twice, behind either wall. */
const RUNTIMES = { walled: { runtime: "userns", runtimeClass: WRITABLE_CGROUP }, open: { runtime: "privileged" } };
export type Pool = keyof typeof RUNTIMES;
const POOLS = Object.keys(RUNTIMES) as Pool[];

/** Memory of a daemon and what it runs, in MiB. */
export const MEMORY = 512;

const stack = {
  "gocd:cluster": { existing: { context: "tests", storageClass: "tests", nodeVolumes: true } },
  "gocd:agents": Object.fromEntries(
    Object.entries(RUNTIMES).map(([name, runtime]) => [
      name,
      {
        ...runtime,
        workspace: "1Gi",
        cache: "2Gi",
        agent: { cpu: "10m", memory: "512Mi", ephemeralStorage: "100Mi" },
        dind: { cpu: "10m", memory: `${MEMORY}Mi`, mirrors: [] },
        placement: { nodeSelector: { "kubernetes.io/hostname": GUEST_NODE }, tolerations: [GUEST_TAINT] },
      },
    ]),
  ),
};

// An emulated machine on two busy cores.
const TIMEOUT = 300_000;

/** A claim's volume on the disk of the node in the guest. */
const volumeFor = ({ namespace, name }: { readonly namespace: string; readonly name: string }) => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: `guest.${name}` },
  spec: {
    capacity: { storage: "10Gi" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    storageClassName: "tests",
    claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name },
    hostPath: { path: `/disks/${name}`, type: "DirectoryOrCreate" },
  },
});

/** Applies the program's own objects for both pools, without the server, and waits for their daemons. */
export async function deployPools(): Promise<void> {
  const objects = (await manifests({ stack })).filter(({ metadata }) => metadata.namespace !== SERVER_NAMESPACE);
  await apply(claimsOf(objects).map(volumeFor));
  const isPool = ({ kind }: KubernetesObject) => kind === "StatefulSet";
  await apply(objects.filter((object) => !isPool(object)));
  // One after the other: dockerd gives its containerd fifteen seconds to answer, which is little in an emulated machine.
  for (const pool of POOLS) {
    await apply(objects.filter((object) => isPool(object) && object.metadata.name === pool).map(withLittleToDo));
    // The agent's container starts once the daemon answers.
    await eventually(
      `the daemon of the pool ${pool}`,
      async () => (status(await podOf(pool), "agent").state.running ? true : undefined),
      TIMEOUT,
    );
    const { code, stderr } = await inAgent(pool, MAKE_TOOL);
    if (code !== 0) throw new Error(`in the pool ${pool}: ${stderr}`);
  }
}

interface Container {
  readonly name: string;
  readonly [key: string]: unknown;
}

interface StatefulSet extends KubernetesObject {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly initContainers: readonly Container[]; readonly containers: readonly Container[] };
    };
  };
}

const without = (container: Container, ...fields: readonly string[]): Container => ({
  ...Object.fromEntries(Object.entries(container).filter(([field]) => !fields.includes(field))),
  name: container.name,
});

/**
 * The pool with a container that does nothing in the agent's place, which has no server here and would look for one all the time; and with a
 * daemon that is asked seldom, since each probe takes seconds of an emulated processor.
 */
function withLittleToDo(object: KubernetesObject): KubernetesObject {
  const { spec, ...rest } = object as StatefulSet;
  const { initContainers, containers, ...pod } = spec.template.spec;
  const seldom = (probe: unknown) => ({ ...(probe as object), periodSeconds: 30, timeoutSeconds: 60 });
  const quiet = (container: Container) => {
    const { startupProbe, ...rest } = without(container, "livenessProbe");
    return startupProbe === undefined
      ? rest
      : { ...rest, startupProbe: { ...seldom(startupProbe), initialDelaySeconds: 30 } };
  };
  const idle = (agent: Container) => ({
    ...without(agent, "livenessProbe", "readinessProbe", "lifecycle"),
    command: ["sleep", "2147483647"],
  });
  const calm = { ...pod, initContainers: initContainers.map(quiet), containers: containers.map(idle) };
  return { ...rest, spec: { ...spec, template: { ...spec.template, spec: calm } } } as KubernetesObject;
}

/** An image with busybox and what the tests call it. */
const MAKE_TOOL = `mkdir -p /tmp/tool/bin && cp /bin/busybox /tmp/tool/bin
  for name in sh cat chown dd echo grep id insmod ls mkdir mknod mount nc sleep stat touch; do ln -sf busybox /tmp/tool/bin/$name; done
  tar -c -C /tmp/tool . | docker import -c 'CMD ["sh"]' - tool:1`;

const podOf = (pool: Pool) => pod(`${pool}-0`);

/** Runs a script in a pool's agent, as a job would. */
export const inAgent = (pool: Pool, script: string): Promise<Ended> => inContainer(pool, "agent", script);

/** Runs a script beside a pool's daemon. */
export const inDaemon = (pool: Pool, script: string): Promise<Ended> => inContainer(pool, "dind", script);

/** Runs a script in a container that a job starts with these options. */
export const inJob = (pool: Pool, options: string, script: string): Promise<Ended> =>
  inAgent(pool, `docker run --rm ${options} tool:1 sh -c '${script}'`);

const inContainer = (pool: Pool, container: string, script: string) =>
  exec(`${pool}-0`, container, AGENTS_NAMESPACE, ["sh", "-c", script], { timeout: TIMEOUT });
