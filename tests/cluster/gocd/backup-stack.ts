import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { resolvedManifests, type KubernetesObject } from "../../support/program";
import { DISK_DRIVER, DISKS } from "../kubernetes/disks";
import { withProbes } from "./short-timeouts";
import { apply, exec, kubectl, remove } from "../kubernetes/kubectl";
import { ROOT, STATE } from "../kubernetes/paths";
import { eventually } from "../kubernetes/run";
import { TEST_IMAGES } from "./test-images";

/** A second installation, with disks of its own and a bucket, as on GKE; its agents are left out. */
export const BACKUP_NAMESPACE = "gocd-backup";
/** Its first disks, by their volumes' names. */
export const DATA = "gocd-backup-data";
const BUCKET = "bucket";
/** As the program names it: project, stack. */
export const BUCKET_NAME = "gocd-tests-gocd-backup-backups";
/** All that the server's identity may reach in it. */
const FOLDER = "gocd-backup/";
const BUCKET_PORT = 8080;

/** What a test changes of its settings. */
export interface BackupChange {
  /** `gocd:backup.restore`. */
  readonly restore?: string;
  /** `gocd:server.restored`. */
  readonly restored?: Readonly<Record<string, { readonly data: string }>>;
  /** `gocd:server.use`. */
  readonly use?: string;
  /** `gocd:backup.otherServer`. */
  readonly otherServer?: "replace-keys" | "adopt-keys";
  /** `gocd:serverSecrets.keys`. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Keys and passwords as of a stack that was made by itself. */
  readonly asAnotherStack?: true;
  /** `gocd:company`. */
  readonly company?: object;
}

/** Where the programs of the image find the bucket and the metadata server. */
interface Endpoints {
  readonly storage: string;
  readonly metadata: string;
}

interface Container {
  readonly name: string;
  readonly env?: readonly object[];
}

/** Applies the bucket's stand-in and the program's own server for a stack with Google's disks. Waits for claims and bucket, not for the server. */
export async function deployBackupStack(change: BackupChange = {}, endpoints: Endpoints = AT_BUCKET): Promise<void> {
  const key = JSON.stringify(change);
  const objects = REGISTERED.get(key) ?? (await register(change));
  REGISTERED.set(key, objects);
  const own = objects.filter(concernsServer).map((object) => here(object, endpoints));
  const isWorkload = ({ kind }: KubernetesObject) => kind === "StatefulSet";
  await apply(own.filter((object) => !isWorkload(object)));
  // Pulumi waits so, too. A scheduler that finds a claim unbound can miss the moment at which it is bound for as long as five minutes.
  const bound = ["--for=jsonpath={.status.phase}=Bound", "persistentvolumeclaims", "--all", "--timeout=60s"];
  await kubectl(["wait", "-n", BACKUP_NAMESPACE, ...bound]);
  await apply(own.filter(isWorkload));
  await apply(bucketObjects());
  await kubectl(["wait", "-n", BACKUP_NAMESPACE, "--for=condition=Ready", `pod/${BUCKET}`, "--timeout=60s"]);
}

/** Takes it away, but for what is on its disks. A volume remembers its claim, and a later one of that name would never be bound. */
export async function removeBackupStack(): Promise<void> {
  const volumes = [...REGISTERED.values()].flat().filter(({ kind }) => kind === "PersistentVolume");
  const once = new Map(volumes.map((volume) => [volume.metadata.name, volume])).values();
  await remove([{ apiVersion: "v1", kind: "Namespace", metadata: { name: BACKUP_NAMESPACE } }, ...once]);
}

/** What the program registers for the same settings; it need not run again. */
const REGISTERED = new Map<string, readonly KubernetesObject[]>();

const register = ({
  restore,
  otherServer,
  keys,
  asAnotherStack,
  company = {},
  ...server
}: BackupChange): Promise<readonly KubernetesObject[]> =>
  resolvedManifests(
    {
      stack: "backup",
      file: path.join(ROOT, "tests/cluster/gocd/Pulumi.test.yaml"),
      config: {
        "gcp:project": "gocd-tests",
        "gcp:region": "us-central1",
        "gcp:zone": "us-central1-a",
        "gocd:cluster": { existing: { context: "tests" } },
        "gocd:images": {
          prebuilt: Object.fromEntries(Object.entries(TEST_IMAGES).map(([name, { reference }]) => [name, reference])),
        },
        "gocd:server": { disk: "10Gi", artifacts: "10Gi", heap: "64Mi", headroom: "1Gi", cpu: "10m", ...server },
        "gocd:company": company,
        "gocd:backup": { ...(restore !== undefined && { restore }), ...(otherServer && { otherServer }) },
      },
      ...(keys && { secrets: { "gocd:serverSecrets": JSON.stringify({ keys }) } }),
    },
    { state: path.join(STATE, `pulumi-state-backup${asAnotherStack ? "-other" : ""}.json`) },
  );

/** The server with what it needs; not the policies, which let nobody but Google's storage be reached. */
const concernsServer = ({ kind, metadata }: KubernetesObject) =>
  kind === "PersistentVolume" ||
  (kind === "Namespace" && metadata.name === BACKUP_NAMESPACE) ||
  (metadata.namespace === BACKUP_NAMESPACE &&
    (["PersistentVolumeClaim", "ServiceAccount", "Secret"].includes(kind) || metadata.name === "gocd-server") &&
    kind !== "NetworkPolicy");

/** An object as this cluster can take it: disks of its own in place of Google's, the bucket's stand-in in place of the bucket. */
function here(object: KubernetesObject, endpoints: Endpoints): KubernetesObject {
  const spec = object["spec"] as Record<string, unknown>;
  switch (object.kind) {
    case "PersistentVolume": {
      const csi = { driver: DISK_DRIVER, volumeHandle: object.metadata.name };
      return { ...object, spec: { ...spec, csi, nodeAffinity: undefined } };
    }
    case "StatefulSet": {
      const template = spec["template"] as { readonly spec: Record<string, readonly Container[] | undefined> };
      const pod = { ...template.spec };
      for (const list of ["initContainers", "containers"])
        pod[list] = pod[list]?.map((container) =>
          ["backup", "restore"].includes(container.name)
            ? withProbes(
                { ...container, env: [...(container.env ?? []), ...storageEnv(endpoints)] },
                { livenessProbe: EVERY_SECOND },
              )
            : withProbes(container, { startupProbe: EVERY_SECOND, readinessProbe: EVERY_SECOND }),
        );
      return { ...object, spec: { ...spec, template: { ...template, spec: pod } } };
    }
    default:
      return object;
  }
}

/** Everything that the programs of the image take from elsewhere, and waits that fit a test. */
const storageEnv = ({ storage, metadata }: Endpoints) =>
  Object.entries({
    STORAGE_URL: storage,
    METADATA_URL: metadata,
    INTERVAL_SECONDS: "1",
    REQUEST_TIMEOUT_SECONDS: "2",
  }).map(([name, value]) => ({ name, value }));
const BUCKET_URL = `http://${BUCKET}:${BUCKET_PORT}/storage`;
const AT_BUCKET: Endpoints = { storage: BUCKET_URL, metadata: BUCKET_URL };

const EVERY_SECOND = { periodSeconds: 1 };

function bucketObjects(): object[] {
  const metadata = { name: BUCKET, namespace: BACKUP_NAMESPACE, labels: { app: BUCKET } };
  const securityContext = {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  const container = {
    name: BUCKET,
    image: TEST_IMAGES.server.reference,
    command: ["node", "/opt/stand-in/tests/support/storage-stand-in/main.js"],
    env: [
      { name: "PORT", value: String(BUCKET_PORT) },
      { name: "BUCKET", value: BUCKET_NAME },
    ],
    readinessProbe: { tcpSocket: { port: BUCKET_PORT }, periodSeconds: 1 },
    securityContext,
  };
  return [
    { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container], terminationGracePeriodSeconds: 1 } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: { app: BUCKET }, ports: [{ port: BUCKET_PORT }] },
    },
  ];
}

/** An object of the bucket. */
export interface Stored {
  readonly name: string;
  readonly size: string;
  readonly md5Hash: string;
}

/** Asks the bucket's stand-in something that the bucket has not; see tests/support/storage-stand-in/main.ts. */
async function control<T>(what: string, body: object = {}): Promise<T> {
  const post = ["curl", "--silent", "--fail", "--data", "@-", `http://127.0.0.1:${BUCKET_PORT}/stand-in/${what}`];
  const { code, stdout, stderr } = await exec(BUCKET, BUCKET, BACKUP_NAMESPACE, post, { input: JSON.stringify(body) });
  if (code !== 0) throw new Error(`${what}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** What the bucket has, by names in the stack's folder; anything outside it keeps its whole name. */
export const storedObjects = async (): Promise<readonly Stored[]> =>
  (await control<readonly Stored[]>("objects")).map((object) => ({
    ...object,
    name: object.name.startsWith(FOLDER) ? object.name.slice(FOLDER.length) : object.name,
  }));
export const storeText = (name: string, text: string): Promise<unknown> =>
  control("object", { name: FOLDER + name, text });
/** Copies a folder into the stack's own, as `gcloud storage cp --recursive` does. */
export async function storeFolder(folder: string): Promise<void> {
  for (const file of readdirSync(folder)) {
    const name = `${FOLDER}${path.basename(folder)}/${file}`;
    await control("object", { name, base64: readFileSync(path.join(folder, file)).toString("base64") });
  }
}
/** Lets requests of these kinds go wrong, one for each entry; see tests/support/storage-stand-in/stand-in.ts. */
export const troubleStorage = (troubles: Readonly<Record<string, readonly unknown[]>>): Promise<unknown> =>
  control("troubles", { endpoint: "storage", troubles });

/** Whether a backup is complete in the bucket. */
export const isStored = async (name: string): Promise<true | undefined> =>
  (await storedObjects()).some((object) => object.name === `${name}/manifest.json`) ? true : undefined;

/** Runs a script on the server's disk, in the server's container, and returns what it printed. */
export async function onServer(script: string): Promise<string> {
  const { code, stdout, stderr } = await exec("gocd-server-0", "server", BACKUP_NAMESPACE, ["sh", "-ec", script]);
  if (code !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout.trim();
}

/** Stops the server, so that its disks can be touched, and waits until it is gone. */
export async function stopServer(): Promise<void> {
  await kubectl(["scale", "-n", BACKUP_NAMESPACE, "statefulset/gocd-server", "--replicas=0"]);
  await kubectl(["wait", "-n", BACKUP_NAMESPACE, "--for=delete", "pod/gocd-server-0", "--timeout=60s"]);
}

export const serverReady = (): Promise<string> =>
  kubectl(["rollout", "status", "-n", BACKUP_NAMESPACE, "statefulset/gocd-server", "--timeout=120s"]);

/** What a container of the server's pod has logged, line by line. */
async function serverLog(container: string): Promise<readonly string[]> {
  return (await kubectl(["logs", "-n", BACKUP_NAMESPACE, "gocd-server-0", "-c", container])).trim().split("\n");
}

/** Waits for a line. */
export const serverSays = (container: string, what: RegExp): Promise<string> =>
  eventually(`${container} to say ${String(what)}`, async () =>
    (await serverLog(container)).find((line) => what.test(line)),
  );

/** Makes a disk from another as a snapshot of it does: what is on it now. The server must be stopped. */
export function copyDisk(from: string, to: string): void {
  // With the owners of files, as a snapshot has them.
  execFileSync("cp", ["--archive", `${path.join(DISKS, from)}/.`, path.join(DISKS, to)]);
}
