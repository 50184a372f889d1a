import { existing, parse, pool, PREBUILT, STACK, testBad } from "./stack";
import type { BadSetting } from "./stack";

const CLASS = { ...existing({ storageClass: "standard" }), "gocd:images": { prebuilt: PREBUILT } };

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  [
    "a user namespace",
    { ...CLASS, ...pool({ runtime: "userns" }) },
    "gocd:agents.docker.runtime",
    /userns/,
    /privileged or gvisor: Docker needs a cgroup that it may write/,
  ],
  ["a runtime that is none", pool({ runtime: "kata" }), "gocd:agents.docker.runtime", /kata/, /^privileged or gvisor$/],
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

  test("is gVisor where the cluster is none of Google's", () => {
    const { agents } = parse({ ...STACK, ...CLASS, ...pool({ runtime: "gvisor" }) });
    expect(agents.map(({ runtime }) => runtime)).toEqual(["gvisor"]);
  });
});
