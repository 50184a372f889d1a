import { analyzer, refusals } from "./analyzer";
import { agentsPod, withHostPath } from "./cases/case";
import { agentWith } from "./cases/dind";

const POD = "kubernetes:core/v1:Pod";

describe("configuration", () => {
  test("closes other namespaces", async () => {
    const { analyze: configured } = analyzer({ "no-host-paths": { namespaces: ["shop"] } });
    expect(refusals(await configured({ type: POD, props: withHostPath("/var/log") }))).toHaveLength(1);
    const inGocd = agentsPod({ volumes: [{ name: "v", hostPath: { path: "/var/log" } }] });
    expect(refusals(await configured({ type: POD, props: inGocd }))).toEqual([]);
  });

  test("names the repositories of the privileged image, and then no other counts", async () => {
    const { analyze: configured } = analyzer({
      "no-privileged-containers": { dindImages: ["registry.example:5000/tools/daemon"] },
    });
    const digest = `@sha256:${"c".repeat(64)}`;
    expect(
      refusals(
        await configured({
          type: POD,
          props: agentWith({ image: `registry.example:5000/tools/daemon:1.0.0${digest}` }),
        }),
      ),
    ).toEqual([]);
    expect(refusals(await configured({ type: POD, props: agentWith({}) }))).not.toEqual([]);
    expect(
      refusals(await configured({ type: POD, props: agentWith({ image: `evil.example/tools/daemon${digest}` }) })),
    ).not.toEqual([]);
  });
});
