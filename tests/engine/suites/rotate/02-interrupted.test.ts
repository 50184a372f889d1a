import { ready } from "../../../cluster/gocd/deploy";
import { eventually } from "../../../cluster/kubernetes/run";
import { documented, STACK } from "../../harness/docs";
import { settledPods } from "../../harness/installation";
import { signalGroup, type Ended, type Project } from "../../harness/project";
import { expectUnchanged, POOL_SETTINGS, projectWithStackUp, QUICK } from "../../harness/stack";

const UP = documented("docs/operations/install.md", /^pulumi up --stack dev --policy-pack policy\b/);
const CANCEL = documented("docs/operations/troubleshoot.md", /^pulumi cancel --stack dev$/);

let project: Project;

/** Starts an `up` with new certificates, and sends a signal to all of it when the first of them is being made. */
async function interrupted(rotation: number, signal: NodeJS.Signals): Promise<Ended> {
  project.configure(STACK, { "gocd:agents": { docker: { ...POOL_SETTINGS, rotation } } });
  const { child, said, ended } = project.start(UP, QUICK);
  let early: Ended | undefined;
  void ended.then((how) => (early = how));
  const begun = () => Promise.resolve(early !== undefined || /PrivateKey \S+ creat/.test(said()) || undefined);
  await eventually("the first certificate", begun, 180_000);
  if (early !== undefined)
    throw new Error(`it ended before it could be interrupted, with ${early.code}\n${early.text}`);
  signalGroup(child, signal);
  return ended;
}

beforeAll(async () => {
  project = await projectWithStackUp("cold");
});

describe("an up that is interrupted", () => {
  test("by Ctrl-C ends by itself, and the next one goes on from there", async () => {
    const ended = await interrupted(11, "SIGINT");
    expect(ended.code).not.toBe(0);
    expect(ended.text).toMatch(/cancel/i);
    await project.must(UP, QUICK);
    await settledPods();
    await ready(2, 120);
    expectUnchanged(await project.must(UP, QUICK));
  });

  test("by kill -9 leaves a lock, which pulumi cancel takes away, and the next one goes on from there", async () => {
    await interrupted(12, "SIGKILL");
    const locked = await project.run(UP, QUICK);
    expect(locked.code).not.toBe(0);
    expect(locked.text).toContain("the stack is currently locked");
    await project.must(CANCEL);
    await project.must(UP, QUICK);
    await settledPods();
    await ready(2, 120);
    expectUnchanged(await project.must(UP, QUICK));
  });
});
