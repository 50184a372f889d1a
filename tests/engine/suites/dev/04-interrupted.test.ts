import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ready } from "../../../cluster/gocd/deploy";
import { eventually } from "../../../cluster/kubernetes/run";
import { documented, STACK } from "../../harness/docs";
import { settledPods } from "../../harness/installation";
import { signalGroup, type Ended, type Project, type Started } from "../../harness/project";
import { expectUnchanged, POOL_SETTINGS, projectWithStackUp, QUICK } from "../../harness/stack";
import { warm } from "../../harness/warm";
import { LOCAL_STATE } from "../../harness/setup";

const UP = documented("docs/operations/install.md", /^pulumi up --stack dev --policy-pack policy\b/);
const CANCEL = documented("docs/operations/troubleshoot.md", /^pulumi cancel --stack dev$/);

/** What is interrupted is all that a command of people's starts. */
let cold: Project;
let project: Project;

/** Beside the state, and written in place. */
const ATTRIBUTES = path.join(LOCAL_STATE, `stacks/gocd/${STACK}.json.attrs`);

/**
 * Kills a command between two writes of the state. In the midst of one an empty file of attributes would be left, at which every command
 * ends with "failed to load checkpoint: EOF" (gocloud.dev, blob/fileblob/attrs.go): stopped first, it tells whether it is.
 */
async function killBetweenWrites(child: Started["child"]): Promise<void> {
  const isStopped = () => / T \d/.test(readFileSync(`/proc/${child.pid ?? 0}/stat`, "utf8")) || undefined;
  await eventually("the state to be whole", async () => {
    signalGroup(child, "SIGSTOP");
    await eventually("the command to stop", () => Promise.resolve(isStopped()), 10_000, 10);
    const isWhole = statSync(ATTRIBUTES).size > 0;
    signalGroup(child, isWhole ? "SIGKILL" : "SIGCONT");
    return isWhole || undefined;
  });
}

/** Starts an `up` with new certificates, and ends all of it when the first of them is being made. */
async function interrupted(rotation: number, end: (child: Started["child"]) => Promise<void> | void): Promise<Ended> {
  project.configure(STACK, { "gocd:agents": { docker: { ...POOL_SETTINGS, rotation } } });
  const { child, said, ended } = cold.start(UP, QUICK);
  let early: Ended | undefined;
  void ended.then((how) => (early = how));
  const begun = () => Promise.resolve(early !== undefined || /PrivateKey \S+ creat/.test(said()) || undefined);
  await eventually("the first certificate", begun, 180_000);
  if (early !== undefined)
    throw new Error(`it ended before it could be interrupted, with ${early.code}\n${early.text}`);
  await end(child);
  return ended;
}

beforeAll(async () => {
  cold = await projectWithStackUp("cold");
  project = warm(cold);
});

describe("an up that is interrupted", () => {
  test("by Ctrl-C ends by itself, and the next one goes on from there", async () => {
    const ended = await interrupted(11, (child) => {
      signalGroup(child, "SIGINT");
    });
    expect(ended.code).not.toBe(0);
    expect(ended.text).toMatch(/cancel/i);
    await project.must(UP, QUICK);
    await settledPods();
    await ready(2, 300);
    expectUnchanged(await project.must(UP, QUICK));
  });

  test("by kill -9 leaves a lock, which pulumi cancel takes away, and the next one goes on from there", async () => {
    await interrupted(12, killBetweenWrites);
    const locked = await project.run(UP, QUICK);
    expect(locked.code).not.toBe(0);
    expect(locked.text).toContain("the stack is currently locked");
    await project.must(CANCEL);
    await project.must(UP, QUICK);
    await settledPods();
    await ready(2, 300);
    expectUnchanged(await project.must(UP, QUICK));
  });

  test("by kill -9 in the midst of a write leaves an empty file, which goes as troubleshoot.md says", async () => {
    writeFileSync(ATTRIBUTES, "");
    const up = await project.run(UP, QUICK);
    expect(up.code).not.toBe(0);
    expect(up.text).toContain("failed to load checkpoint: EOF");
    // `pulumi login --local` keeps the state in the home directory of whoever it is, whatever the environment says.
    const env = { HOME: path.dirname(LOCAL_STATE) };
    await project.must(
      documented("docs/operations/troubleshoot.md", /^rm ~\/.pulumi\/stacks\/gocd\/dev\.json\.attrs$/),
      { env },
    );
    expectUnchanged(await project.must(UP, QUICK));
    expect(statSync(ATTRIBUTES).size).toBeGreaterThan(0);
  });
});
