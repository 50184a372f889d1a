import { podFields, type PodFields } from "../../../components/agents/pod-fields";
import { RESTRICTED } from "../../../kubernetes/security";

const NONE: PodFields = { env: {}, volumes: {}, hostAliases: {}, labels: {}, annotations: {}, sidecars: {} };

test("nothing is added where nothing is asked for", () => {
  expect(podFields(NONE)).toEqual({ env: [], mounts: [], volumes: [], pod: {}, sidecars: [] });
});

test("variables are text, or refer to a Secret", () => {
  expect(podFields({ ...NONE, env: { A: "b", C: { secret: "s", key: "k" } } }).env).toEqual([
    { name: "A", value: "b" },
    { name: "C", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
  ]);
});

test("every volume is mounted where it is wanted, by the agent and by the sidecars", () => {
  const volumes = {
    s: { mountPath: "/s", readOnly: true, secret: "secret" },
    m: { mountPath: "/m", readOnly: false, configMap: "map" },
    e: { mountPath: "/e", readOnly: false, empty: "1Gi" },
    c: { mountPath: "/c", readOnly: false, claim: "claim" },
  };
  const sidecars = { database: { image: "i", env: {}, cpu: "1", memory: "1Gi" } };
  const made = podFields({ ...NONE, volumes, sidecars });
  expect(made.volumes).toEqual([
    { name: "own-s", secret: { secretName: "secret", defaultMode: 0o440 } },
    { name: "own-m", configMap: { name: "map" } },
    { name: "own-e", emptyDir: { sizeLimit: "1Gi" } },
    { name: "own-c", persistentVolumeClaim: { claimName: "claim" } },
  ]);
  expect(made.mounts.map(({ name }) => name)).toEqual(made.volumes.map(({ name }) => name));
  expect(made.mounts[0]).toEqual({ name: "own-s", mountPath: "/s", readOnly: true });
  expect(made.sidecars[0]?.volumeMounts).toEqual(made.mounts);
});

test("a sidecar has the rights of the agent, and lives as long", () => {
  const [sidecar] = podFields({
    ...NONE,
    sidecars: { cache: { image: "i", args: ["--port", "1"], env: {}, cpu: "1", memory: "1Gi" } },
  }).sidecars;
  expect(sidecar).toMatchObject({ restartPolicy: "Always", securityContext: RESTRICTED, args: ["--port", "1"] });
  expect(sidecar).not.toHaveProperty("command");
});

test("host names go to the pod", () => {
  expect(podFields({ ...NONE, hostAliases: { "10.0.0.7": ["a", "b"] } }).pod).toEqual({
    hostAliases: [{ ip: "10.0.0.7", hostnames: ["a", "b"] }],
  });
});
