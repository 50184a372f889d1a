import { analyzer, notes, refusals } from "./analyzer";
import { container, INSTALLATION, type Manifest, otherPod, volume } from "./cases/case";

const POD = "kubernetes:core/v1:Pod";
const VOLUMES = [{ name: "logs", hostPath: { path: "/srv/logs" } }];
const mounting = (...mounts: readonly Manifest[]) =>
  otherPod({
    volumes: VOLUMES,
    containers: mounts.map((mount, i) => container({ name: `c${i}`, volumeMounts: [mount] })),
  });
const MOUNT = { name: "logs", mountPath: "/logs" };
const READ_ONLY_MOUNT = { ...MOUNT, readOnly: true };
const inNamespace = (namespace: string, pod: Manifest) => ({ ...pod, metadata: { name: "case", namespace } });

const judged = async (config: object, props: Manifest, type = POD) => {
  const found = await analyzer({ "no-host-paths": config }).analyze({ type, props });
  return { refused: refusals(found).map(({ message }) => message), noted: notes(found) };
};

describe("a host path that no table knows", () => {
  test.each([
    ["without the setting", {}],
    ["with note", { hostPaths: "note" }],
  ])("is noted %s", async (_what, config) => {
    const { refused, noted } = await judged(config, mounting(MOUNT));
    expect(refused).toEqual([]);
    expect(noted.join()).toContain("host path /srv/logs is a directory of the node");
  });

  test.each([
    ["refuse", "refuse"],
    ["a list without it", { allow: [{ path: "/srv/log" }, { path: "/srv/logs/app" }] }],
    ["an empty list", { allow: [] }],
    ["a list without a path", { allow: [{ readOnly: true }] }],
    ["a word that is no choice", "permit"],
  ])("is refused with %s", async (_what, hostPaths) => {
    const { refused } = await judged({ hostPaths }, mounting(MOUNT));
    expect(refused.join()).toContain(
      "volume logs: host path /srv/logs is a directory of the node, which no setting allows",
    );
  });

  test.each([
    ["itself", "/srv/logs"],
    ["a directory above it", "/srv"],
    ["it in another spelling", "//srv/./logs/"],
  ])("passes without a note when the list has %s", async (_what, path) => {
    expect(await judged({ hostPaths: { allow: [{ path }] } }, mounting(MOUNT))).toEqual({ refused: [], noted: [] });
  });

  const readOnly = { hostPaths: { allow: [{ path: "/srv", readOnly: true }] } };

  test.each([
    ["every container mounts it read-only", mounting(READ_ONLY_MOUNT, READ_ONLY_MOUNT)],
    ["no container mounts it", otherPod({ volumes: VOLUMES })],
    ["another volume is written to", mounting(READ_ONLY_MOUNT, { name: "other", mountPath: "/x" })],
  ])("passes as read-only when %s", async (_what, props) => {
    expect((await judged(readOnly, props)).refused).toEqual([]);
  });

  test.each<[string, Manifest]>([
    ["one container can write to it", mounting(READ_ONLY_MOUNT, MOUNT)],
    ["readOnly is a text", mounting({ ...MOUNT, readOnly: "true" })],
    [
      "an init container can write to it",
      otherPod({ volumes: VOLUMES, initContainers: [container({ volumeMounts: [MOUNT] })], containers: [container()] }),
    ],
    ["the mounts are not known", otherPod({ volumes: VOLUMES, containers: [container({ volumeMounts: "unknown" })] })],
    [
      "the containers are not known",
      otherPod({ volumes: VOLUMES, containers: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2" }),
    ],
    ["a mount's name is not known", mounting({ ...MOUNT, name: 7 })],
    ["the volume has no name", otherPod({ volumes: [{ hostPath: { path: "/srv/logs" } }] })],
  ])("is refused as read-only when %s", async (_what, props) => {
    expect((await judged(readOnly, props)).refused.join()).toContain(
      "which is allowed read-only, and may be written to",
    );
  });

  test("may be written to when another entry of the list says so", async () => {
    const allow = [{ path: "/srv", readOnly: true }, { path: "/srv/logs" }];
    expect((await judged({ hostPaths: { allow } }, mounting(MOUNT))).refused).toEqual([]);
  });

  test("that steps back is allowed by no list", async () => {
    const props = otherPod({ volumes: [{ name: "v", hostPath: { path: "/srv/logs/../../data" } }] });
    expect((await judged({ hostPaths: { allow: [{ path: "/srv" }] } }, props)).refused).not.toEqual([]);
  });

  test("is judged by its namespace first", async () => {
    const config = {
      hostPaths: "refuse",
      hostPathsIn: { monitoring: "note", "kube-*": { allow: [{ path: "/srv" }] } },
    };
    expect((await judged(config, inNamespace("monitoring", mounting(MOUNT)))).noted).toHaveLength(1);
    expect(await judged(config, inNamespace("kube-system", mounting(MOUNT)))).toEqual({ refused: [], noted: [] });
    expect((await judged(config, inNamespace("monitoring-2", mounting(MOUNT)))).refused).toHaveLength(1);
    expect((await judged({ hostPathsIn: { shop: "refuse" } }, mounting(MOUNT))).refused).toHaveLength(1);
  });

  test("passes in a restricted namespace only where that namespace's list has it", async () => {
    const pod = inNamespace(INSTALLATION.agentsNamespace, mounting(MOUNT));
    const allow = [{ path: "/srv" }];
    expect((await judged({ hostPaths: { allow } }, pod)).refused.join()).toContain("in a restricted namespace");
    expect((await judged({ hostPathsIn: { "gocd-*": { allow } } }, pod)).refused).toEqual([]);
  });

  test("of a volume is judged by the namespace of its claim, and never as read-only", async () => {
    const props = volume({ hostPath: { path: "/srv/logs" } }, "monitoring");
    const type = "kubernetes:core/v1:PersistentVolume";
    const allow = [{ path: "/srv" }];
    expect(
      (await judged({ hostPathsIn: { monitoring: { allow } }, hostPaths: "refuse" }, props, type)).refused,
    ).toEqual([]);
    expect((await judged({ hostPathsIn: { shop: { allow } }, hostPaths: "refuse" }, props, type)).refused).toHaveLength(
      1,
    );
    const onlyRead = [{ path: "/srv", readOnly: true }];
    expect((await judged({ hostPaths: { allow: onlyRead } }, props, type)).refused).toHaveLength(1);
  });
});

test("a place that gives the node away is refused although a list has it", async () => {
  const props = otherPod({ volumes: [{ name: "v", hostPath: { path: "/var/run/docker.sock" } }] });
  const found = await analyzer({ "no-host-paths": { hostPaths: { allow: [{ path: "/" }] } } }).analyze({
    type: POD,
    props,
  });
  expect(refusals(found).map(({ policy }) => policy)).toEqual(["no-runtime-sockets"]);
});
