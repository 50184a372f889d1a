import { AGENTS_NAMESPACE, ready, SERVER_NAMESPACE } from "../../../cluster/gocd/deploy";
import { driverObjects } from "../../../cluster/kubernetes/disks";
import { apply, kubectl } from "../../../cluster/kubernetes/kubectl";
import { documented, STACK } from "../../harness/docs";
import { keepFiles, remembered, restarted, settledPods } from "../../harness/installation";
import type { Project } from "../../harness/project";
import { expectUnchanged, POOL_SETTINGS, projectWithStackUp, QUICK, SERVER_SETTINGS } from "../../harness/stack";

const SCALE = "docs/operations/scale.md";
const UP = documented(SCALE, /^pulumi up --stack dev --policy-pack policy\b/);

let project: Project;
let before: Awaited<ReturnType<typeof remembered>>;
const requested = (claim: string, namespace: string) =>
  kubectl(["get", "pvc", claim, "-n", namespace, "-o", "jsonpath={.spec.resources.requests.storage}"]);

/**
 * The class of the disks, as one that lets claims grow and binds them at once. All claims are bound. Of a class that waits for a pod the
 * provider that can be built expects a claim to be unbound when it grows, too, and gives up after five minutes
 * (pulumi-kubernetes#4179, mended in February 2026); the one that the program asks for does not.
 */
async function letClaimsGrow(): Promise<void> {
  const [storageClass] = driverObjects().filter(({ kind }) => kind === "StorageClass");
  await kubectl(["delete", "storageclass", storageClass?.metadata.name ?? ""]);
  await apply([{ ...storageClass, volumeBindingMode: "Immediate", allowVolumeExpansion: true }]);
}

beforeAll(async () => {
  project = await projectWithStackUp("warm");
  await keepFiles();
  before = await remembered();
  await letClaimsGrow();
});

describe("a larger disk for the server", () => {
  test("grows the claim in place, restarts nothing, and is there after the restart of scale.md", async () => {
    const pods = await settledPods();
    project.configure(STACK, { "gocd:server": { ...SERVER_SETTINGS, disk: "3Gi" } });
    await project.must(UP, QUICK);
    expect(await requested(`gocd-${STACK}-data`, SERVER_NAMESPACE)).toBe("3Gi");
    expect(restarted(pods, await settledPods())).toEqual([]);
    await project.must(documented(SCALE, /^kubectl .* rollout restart statefulset gocd-server$/));
    expect(restarted(pods, await settledPods())).toEqual(["gocd-server-0"]);
    await ready(2, 300);
    expect(await remembered()).toEqual(before);
  });
});

describe("a larger cache for the agents", () => {
  test("grows with the claims first, then with a new StatefulSet on the same claims", async () => {
    const patch = documented(SCALE, /^kubectl .* patch pvc cache-docker-0 /);
    for (const agent of ["docker-0", "docker-1"]) await project.must(patch.replace("docker-0", agent));
    expect(await requested("cache-docker-1", AGENTS_NAMESPACE)).toBe("200Gi");
    project.configure(STACK, { "gocd:agents": { docker: { ...POOL_SETTINGS, cache: "200Gi" } } });
    await project.must(UP, QUICK);
    await ready(2, 300);
    expect(await remembered()).toEqual(before);
    expectUnchanged(await project.must(UP, QUICK));
  });
});
