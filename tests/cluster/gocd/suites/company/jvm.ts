import { spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { KubernetesObject } from "../../../../support/program";
import { unpackedFile } from "../../../kubernetes/debian";
import { diskOf, volumeFor, type Claim } from "../../../kubernetes/disks";
import { apply, remove } from "../../../kubernetes/kubectl";
import { run } from "../../../kubernetes/run";
import { AGENTS_NAMESPACE, SERVER_NAMESPACE } from "../../deploy";

/** Where GoCD's images have their JVM, and where its probe is. The stand-ins have none: a volume brings Debian's. */
export const JVM_PATH = "/gocd-jre";
export const PROBE = `${JVM_PATH}/Probe.java`;
/** The claim's name in both namespaces. */
export const JVM_CLAIM = "jvm";
const PACKAGE = unpackedFile("openjdk-17-jre-headless");
const JVM = path.join(PACKAGE, "usr/lib/jvm/java-17-openjdk-amd64");

/** Prints what a URL answers, by what the JVM's own properties say of proxies and trust. */
const SOURCE = `public class Probe {
  public static void main(String[] arguments) throws Exception {
    System.out.println(new String(new java.net.URL(arguments[0]).openStream().readAllBytes()));
  }
}
`;

const CLAIMS = [SERVER_NAMESPACE, AGENTS_NAMESPACE].map((namespace): Claim => ({ namespace, name: JVM_CLAIM }));

/** Gives both namespaces a volume with a JVM. */
export async function bringJvm(): Promise<void> {
  for (const claim of CLAIMS) {
    await fill(diskOf(claim));
    await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: claim.namespace } }]);
    await apply([volumeFor(claim), claimObject(claim)]);
  }
}

/** Removes the volumes, which would remember the claims that are gone. */
export const removeJvm = (): Promise<unknown> => remove(CLAIMS.map(volumeFor));

const claimObject = ({ namespace, name }: Claim) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { namespace, name },
  spec: {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "tests",
    resources: { requests: { storage: "1Gi" } },
  },
});

async function fill(disk: string): Promise<void> {
  if (existsSync(path.join(disk, "bin"))) return;
  mkdirSync(disk, { recursive: true });
  cpSync(JVM, disk, { recursive: true, verbatimSymlinks: true });
  resolveLinks(disk);
  writeFileSync(path.join(disk, "Probe.java"), SOURCE);
  // The authorities of the public, as far as this is concerned: one that signs nothing here.
  const store = path.join(disk, "lib/security/cacerts");
  rmSync(store, { force: true });
  const pair = ["-genkeypair", "-alias", "public", "-dname", "CN=public", "-keyalg", "EC", "-storepass", "changeit"];
  const made = spawnSync(path.join(JVM, "bin/keytool"), [...pair, "-keystore", store]);
  if (made.status !== 0) throw new Error(made.stdout.toString());
  await run("chmod", ["-R", "a+rX", disk]);
}

/** Puts files of the package's configuration in the place of links to where it would be installed. */
function resolveLinks(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const kind = lstatSync(file);
    if (kind.isDirectory()) resolveLinks(file);
    if (!kind.isSymbolicLink() || !readlinkSync(file).startsWith("/etc/")) continue;
    const installed = path.join(PACKAGE, readlinkSync(file));
    rmSync(file);
    if (existsSync(installed)) cpSync(installed, file, { recursive: true });
  }
}

interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

interface Pod {
  readonly containers: readonly { readonly volumeMounts: readonly object[] }[];
  readonly volumes: readonly Volume[];
}

/** Server and agents with that volume in a place that settings refuse; agents have it already, as a volume of the settings. */
export function withJvm(object: KubernetesObject): KubernetesObject {
  if (object.kind !== "StatefulSet") return object;
  const spec = object["spec"] as { readonly template: { readonly spec: Pod } };
  const { containers, volumes, ...pod } = spec.template.spec;
  const claimed = volumes.find(({ persistentVolumeClaim: claim }) => claim?.claimName === JVM_CLAIM);
  const volume = claimed ?? { name: JVM_CLAIM, persistentVolumeClaim: { claimName: JVM_CLAIM } };
  const changed = {
    ...pod,
    containers: containers.map((one) => ({
      ...one,
      volumeMounts: [...one.volumeMounts, { name: volume.name, mountPath: JVM_PATH }],
    })),
    volumes: claimed ? volumes : [...volumes, volume],
  };
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: changed } } };
}
