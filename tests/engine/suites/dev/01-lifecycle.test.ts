import { AGENTS_NAMESPACE, ready, SERVER_NAMESPACE } from "../../../cluster/gocd/deploy";
import { forgetPasswords } from "../../../cluster/gocd/server";
import { kubectl } from "../../../cluster/kubernetes/kubectl";
import { NODE } from "../../../cluster/kubernetes/sandbox";
import { eventually } from "../../../cluster/kubernetes/run";
import { documented, STACK } from "../../harness/docs";
import { keepFiles, remembered } from "../../harness/installation";
import { signalGroup, type Project } from "../../harness/project";
import { changes, expectUnchanged, makeVolumes, projectOnCluster, QUICK } from "../../harness/stack";
import { warm } from "../../harness/warm";

const INSTALL = "docs/operations/install.md";
const UP = documented(INSTALL, /^pulumi up --stack dev --policy-pack policy --policy-pack-config policy-config.json$/);

/** The first commands start the program, its packages, the pack and every provider from nothing, as on people's machines. */
let cold: Project;
let project: Project;

beforeAll(async () => {
  cold = await projectOnCluster("cold");
  project = warm(cold);
});

describe("a stack on a cluster that exists", () => {
  test("is previewed offline as install.md says", async () => {
    const preview = await project.must(documented(INSTALL, /^npm run preview -- --stack dev$/));
    expect(preview.text).toMatch(/protected/);
  });

  test("is previewed with the policy pack, and nothing is made", async () => {
    const preview = await cold.must(
      documented(INSTALL, /^pulumi preview --stack dev --policy-pack policy --policy-pack-config policy-config.json$/),
    );
    expect(changes(preview)["create"]).toBeGreaterThan(50);
    expect(preview.text).toContain("gocd-policy");
    expect(await kubectl(["get", "namespaces", "-o", "name"])).not.toContain(SERVER_NAMESPACE);
  });

  test("comes up, and server, housekeeping and agents are ready when the command ends", async () => {
    const up = await cold.must(UP, QUICK);
    expect(changes(up)["create"]).toBeGreaterThan(50);
    await ready(2, 5);
    await keepFiles();
  });

  test("does not change when it is brought up again", async () => {
    expectUnchanged(await project.must(UP, QUICK));
  });

  test("has not drifted when it is refreshed", async () => {
    expectUnchanged(
      await project.must(documented("docs/operations/destroy.md", /^pulumi refresh --stack dev$/), QUICK),
    );
  });

  test("does not change after the refresh either, and no note calls its volumes foreign", async () => {
    const up = await project.must(UP, QUICK);
    expectUnchanged(up);
    expect(up.text).not.toContain("not in this program");
  });

  test.each(["README.md", INSTALL])("is opened with the three outputs of %s", async (page) => {
    const command = (output: RegExp) => documented(page, output);
    await project.must(command(/stack output kubectl/));
    const { stdout } = await project.must(command(/stack output adminPassword --show-secrets/), { tellsSecrets: true });
    expect(stdout.trim()).toMatch(/^\w{24}$/);
    const forwarding = project.start(command(/stack output open/));
    const answer = await eventually("GoCD", () =>
      fetch("http://127.0.0.1:8153/go/api/v1/health").then(
        ({ status }) => status,
        () => undefined,
      ),
    );
    signalGroup(forwarding.child, "SIGTERM");
    await forwarding.ended;
    expect(answer).toBe(200);
  });

  test.each([
    /^git --version$/,
    /^node --version$/,
    /^pulumi version$/,
    /^kubectl version --client$/,
    /^kubectl config get-contexts$/,
  ])("is shown with %s of the pages", async (command) => {
    expect((await project.must(documented(INSTALL, command))).code).toBe(0);
  });

  test("tells the key for further agents as access.md says", async () => {
    const key = documented(
      "docs/operations/access.md",
      /^pulumi stack output autoRegisterKey --show-secrets --stack dev$/,
    );
    expect((await project.must(key, { tellsSecrets: true })).stdout.trim()).toMatch(/^[\w-]{20,}$/);
  });

  test("tells its events as people.md says", async () => {
    const events = await project.must(
      documented("docs/operations/people.md", /^kubectl --namespace gocd-dev get events$/),
    );
    expect(events.text).toContain("gocd-server-0");
  });

  test.each([
    /^kubectl get pods --all-namespaces/,
    /logs deployment\/gocd-housekeeping/,
    /logs statefulset\/gocd-server/,
    /describe pod docker-0$/,
    /logs docker-0 -c dind$/,
    /logs docker-0 -c certificates$/,
    /exec docker-0 -c dind -- janitor disk$/,
  ])("is looked at with %s of troubleshoot.md", async (command) => {
    expect((await project.must(documented("docs/operations/troubleshoot.md", command))).code).toBe(0);
  });

  test("lets a namespace that is labelled as troubleshoot.md says read the metrics", async () => {
    await kubectl(["create", "namespace", "monitoring"]);
    await project.must(documented("docs/operations/troubleshoot.md", /^kubectl label namespace monitoring /));
    const chosen = ["get", "namespaces", "-l", `gocd-on-kubernetes/scrapes=${SERVER_NAMESPACE}`, "-o", "name"];
    expect(await kubectl(chosen)).toBe("namespace/monitoring\n");
  });

  test.each([/^kubectl label node NODE /, /^kubectl label node ANOTHER-NODE /])(
    "has its nodes labelled with %s of install.md",
    async (command) => {
      const label = documented(INSTALL, command).replace(/(ANOTHER-)?NODE/, NODE);
      expect((await project.must(label)).text).toMatch(/ labeled$/m);
      await project.must(label.replace(/=\S+$/, "-"));
    },
  );
});

describe("taking it down", () => {
  let before: Awaited<ReturnType<typeof remembered>>;

  test("is refused to a plain pulumi destroy, and nothing is lost", async () => {
    before = await remembered();
    expect(before.agents).toHaveLength(2);
    const destroy = await project.run(documented("docs/operations/destroy.md", /^pulumi destroy --stack dev$/));
    expect(destroy.code).not.toBe(0);
    expect(destroy.text).toMatch(/protect/);
    await ready(2, 5);
    expect(await remembered()).toEqual(before);
  });

  test("leaves what is protected, and says what that is", async () => {
    const down = await project.must(documented("docs/operations/destroy.md", /^npm run down -- --stack dev$/), QUICK);
    expect(down.text).toContain("Left, because protected:");
    expect(down.text).toContain("GoCD's configuration, database and plugins");
    expect(await kubectl(["get", "pods", "-n", AGENTS_NAMESPACE, "-o", "name"])).toBe("");
    expect(
      (await project.state(STACK)).filter(({ type, protect }) => type.startsWith("random:") && protect),
    ).toHaveLength(7);
  });

  test("is undone by the next up: the same agents, the same data", async () => {
    await makeVolumes(STACK);
    await project.must(
      documented(
        "docs/operations/destroy.md",
        /^pulumi up --stack dev --policy-pack policy --policy-pack-config policy-config.json$/,
      ),
      QUICK,
    );
    forgetPasswords();
    await ready(2, 300);
    expect(await remembered()).toEqual(before);
  });
});
