import { dockerLogins, loginLines } from "../../../components/agents/logins";

test("a pool's Secret has the lines of its own registries and no others", () => {
  const all = "ghcr.io robot one two\n\n  registry.example:5000 robot three\nghcr.io.example robot four\n";
  expect(loginLines(all, ["ghcr.io"])).toBe("ghcr.io robot one two\n");
  expect(loginLines(all, ["registry.example:5000"])).toBe("registry.example:5000 robot three\n");
});

test("a pool without log-ins has no variable, mount or volume for them", () => {
  expect(dockerLogins(undefined, [])).toEqual({ env: [], mounts: [], volumes: [] });
});

test("the whole file is mounted, so that another password needs no restart", () => {
  const { mounts, volumes } = dockerLogins("docker-docker-logins", ["ghcr.io"]);
  expect(mounts.map((mount) => "subPath" in mount || "subPathExpr" in mount)).toEqual([false]);
  expect(volumes.map(({ name }) => name)).toEqual(mounts.map(({ name }) => name));
});
