import { type BadSetting, existing, parse, pool, PREBUILT, STACK, testBad } from "./stack";

const CLASS = { ...existing({ storageClass: "standard" }), "gocd:images": { prebuilt: PREBUILT } };

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  [
    "a runtime that is none",
    pool({ runtime: "kata" }),
    "gocd:agents.docker.runtime",
    /kata/,
    /^privileged, gvisor or userns$/,
  ],
  [
    "a class of one's own without users of the pod's own",
    { ...CLASS, ...pool({ runtime: "gvisor", runtimeClass: "runsc" }) },
    "gocd:agents.docker.runtimeClass",
    /runsc/,
    /only runtime: userns asks for a class/,
  ],
  [
    "a class on a cluster that is made here",
    pool({ runtime: "userns", runtimeClass: "writable" }),
    "gocd:agents.docker.runtimeClass",
    /writable/,
    /on GKE a label of the nodes and an annotation of the pod/,
  ],
  [
    "a class on GKE",
    { ...existing(), "gocd:images": { prebuilt: PREBUILT }, ...pool({ runtime: "userns", runtimeClass: "writable" }) },
    "gocd:agents.docker.runtimeClass",
    /writable/,
    /on GKE a label of the nodes and an annotation of the pod/,
  ],
  [
    "a class whose name is none",
    { ...CLASS, ...pool({ runtime: "userns", runtimeClass: "Writable Cgroups" }) },
    "gocd:agents.docker.runtimeClass",
    /Writable Cgroups/,
    /the name of a RuntimeClass/,
  ],
  [
    "gVisor on a cluster that is made here",
    pool({ runtime: "gvisor" }),
    "gocd:agents.docker.runtime",
    /gvisor/,
    /Docker up to version 27/,
  ],
  [
    "gVisor on GKE",
    { ...existing(), "gocd:images": { prebuilt: PREBUILT }, ...pool({ runtime: "gvisor" }) },
    "gocd:agents.docker.runtime",
    /gvisor/,
    /Docker up to version 27/,
  ],
];

describe("what stands between a pool's daemons and their nodes", () => {
  testBad(BAD);

  test("is nothing but the pod where nobody says more", () => {
    expect(parse({ ...STACK, ...pool({}) }).agents.map(({ runtime }) => runtime)).toEqual(["privileged"]);
  });

  test.each([
    ["on a cluster that is made here", {}, { onGke: true }],
    ["on GKE", { ...existing(), "gocd:images": { prebuilt: PREBUILT } }, { onGke: true }],
    ["anywhere else", CLASS, { onGke: false }],
  ])("are users of the pod's own %s", (_, cluster, expected) => {
    const { agents } = parse({ ...STACK, ...cluster, ...pool({ runtime: "userns" }) });
    expect(agents).toEqual([expect.objectContaining({ runtime: "userns", ...expected })]);
  });

  test("are nodes that let containers write their cgroup, where the cluster is made here and a pool asks for users of its own", () => {
    const pools = { own: { runtime: "userns", nodes: {} }, shared: { runtime: "userns" }, plain: {} };
    expect(parse({ ...STACK, "gocd:agents": pools }).cluster).toMatchObject({ userns: ["own", "shared"] });
  });

  test("is gVisor where the cluster is none of Google's", () => {
    const { agents } = parse({ ...STACK, ...CLASS, ...pool({ runtime: "gvisor" }) });
    expect(agents.map(({ runtime }) => runtime)).toEqual(["gvisor"]);
  });
});
