// A server of somebody else's that does not run any more, and the steps by which move-in.md takes its volume over.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { documented } from "../../../../engine/harness/docs";
import { diskOf, volumeFor } from "../../../kubernetes/disks";
import { apply, kubectl, kubectlProgram, remove } from "../../../kubernetes/kubectl";
import { ROOT, STATE } from "../../../kubernetes/paths";
import { run } from "../../../kubernetes/run";
import { BACKUP_NAMESPACE, copyDisk } from "../../backup-stack";
import { TEST_IMAGES } from "../../test-images";

const PAGE = "docs/operations/move-in.md";
/** Where the page looks for it. */
const NAMESPACE = "gocd";
const CLAIM = { namespace: NAMESPACE, name: "gocd-server" };
const LABELS = { app: "gocd", component: "server" };

/** Somewhere among its artifacts. */
export const CONSOLE = "pipelines/build/7/make/1/compile/cruise-output/console.log";
export const SAID = "canary-Said-By-A-Job-5Qz";

const RUNNING = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "gocd-server", namespace: NAMESPACE, labels: LABELS },
  spec: {
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: "server", image: TEST_IMAGES.server.reference, command: ["sleep", "86400"] }],
      },
    },
  },
};

/** Leaves a volume behind as that of the official chart is: a disk of ours, with the artifacts on it, too. */
export async function leaveOldServer(disk: string): Promise<void> {
  const volume = diskOf(CLAIM);
  rmSync(volume, { recursive: true, force: true });
  copyDisk(disk, path.basename(volume));
  const file = path.join(volume, "godata/artifacts", CONSOLE);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, SAID);
  await apply([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    volumeFor(CLAIM),
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: CLAIM,
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "tests",
        resources: { requests: { storage: "1Gi" } },
      },
    },
    RUNNING,
  ]);
}

/** The page's commands up to the copy of its data; returns the folder with it. The image of the pod is one that is here. */
export async function copyOut(): Promise<string> {
  const folder = path.join(STATE, "moving-in");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pod = documented(PAGE, /^sed s\/CLAIM\//)
    .replace("docs/operations", path.join(ROOT, "docs/operations"))
    .replace(" |", ` | sed s#busybox:1.37#${TEST_IMAGES.server.reference}# |`);
  await typed(
    folder,
    documented(PAGE, / scale --selector=/),
    pod,
    documented(PAGE, /^kubectl .* wait .*pod\/move-in$/),
  );
  await typed(folder, documented(PAGE, /^mkdir old && /));
  return path.join(folder, "old");
}

/** How many of its servers run. */
export const replicas = () =>
  kubectl(["get", "deployment/gocd-server", "-n", NAMESPACE, "-o", "jsonpath={.spec.replicas}"]);

/** The page's commands that bring its artifacts, from the pod that reads its volume, to the stack of the suite. */
export async function bringArtifacts(): Promise<void> {
  const from = documented(PAGE, /^kubectl --context OLD .*move-in .*\|$/).replace(" --context OLD", "");
  const to = documented(PAGE, /^kubectl --context NEW /)
    .replace(" --context NEW", "")
    .replace("gocd-dev", BACKUP_NAMESPACE);
  await typed(STATE, `${from} ${to}`, documented(PAGE, /delete pod\/move-in$/));
}

export const removeOldServer = () =>
  remove([{ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } }, volumeFor(CLAIM)]);

/** Lines typed into a shell that stops at the first that fails. */
const typed = (cwd: string, ...lines: readonly string[]) =>
  run("bash", ["-o", "pipefail", "-ec", lines.join("\n")], {
    cwd,
    env: { ...process.env, PATH: `${path.dirname(kubectlProgram())}:${process.env["PATH"] ?? ""}` },
  });
