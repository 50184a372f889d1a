import { GOCD_VERSION } from "../../components/server/server";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const images = path.resolve(__dirname, "../../images");
const OURS = ["dind", "server", "agent"] as const;
const read = (image: string): string => fs.readFileSync(path.join(images, image, "Dockerfile"), "utf8");

/** The instructions of a Dockerfile, one string each, without comments and line continuations. */
const instructions = (image: string): readonly string[] =>
  read(image)
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");

const argument = (image: string, name: string): string => {
  const found = new RegExp(`^ARG ${name}=(.*)$`, "m").exec(read(image))?.[1];
  if (found === undefined) throw new Error(`images/${image}/Dockerfile has no ARG ${name}`);
  return found;
};
const version = (reference: string): readonly string[] => {
  const [, ...parts] = /:v?(\d+)\.(\d+)\.(\d+)(-[a-z]+)?(@sha256:[0-9a-f]{64})?$/.exec(reference) ?? [];
  if (parts.length === 0) throw new Error(`${reference} is not pinned to a full version`);
  return parts.slice(0, 3);
};

describe("the Dockerfiles", () => {
  test("start from full versions, each of which a build argument can replace", () => {
    for (const image of OURS) {
      const stages = instructions(image).filter((line) => line.startsWith("FROM "));
      expect(stages.length).toBeGreaterThan(0);
      for (const line of stages) {
        const name = /^FROM \$\{([A-Z]+)\}( AS [a-z]+)?$/.exec(line)?.[1];
        expect({ image, line, name }).toMatchObject({ name: expect.any(String) as string });
        expect(version(argument(image, name ?? ""))).toHaveLength(3);
      }
    }
  });

  test("give the agent a Docker client of the daemon's minor version", () => {
    const [clientMajor, clientMinor] = version(argument("agent", "CLI"));
    const [daemonMajor, daemonMinor] = version(argument("dind", "BASE"));
    expect([clientMajor, clientMinor]).toEqual([daemonMajor, daemonMinor]);
  });

  test("take server and agent from the same release of GoCD", () => {
    expect(argument("server", "BASE")).toMatch(/^gocd\/gocd-server:/);
    expect(argument("agent", "BASE")).toMatch(/^gocd\/gocd-agent-debian-13:/);
    expect(version(argument("agent", "BASE"))).toEqual(version(argument("server", "BASE")));
    // What a restore compares backups with.
    expect(version(argument("server", "BASE"))).toEqual(GOCD_VERSION.split("."));
  });

  test("copy only files that are in the repository, and nothing that is secret", () => {
    const tracked = execFileSync("find", [images, "-type", "f"], { encoding: "utf8" }).split("\n");
    for (const image of OURS) {
      for (const line of instructions(image).filter((instruction) => instruction.startsWith("COPY "))) {
        if (line.includes("--from=")) continue;
        const sources = line
          .split(/\s+/)
          .slice(1, -1)
          .filter((word) => !word.startsWith("--"));
        for (const source of sources) {
          expect(source).not.toMatch(/^\.\/?$|\*/);
          const files = tracked.filter((file) => file.startsWith(path.join(images, image, source)));
          expect(files).not.toEqual([]);
          for (const file of files) expect(fs.readFileSync(file, "utf8")).not.toMatch(/PRIVATE KEY|"auth"/);
        }
      }
      expect(instructions(image).join("\n")).not.toMatch(/^(ARG|ENV) \w*(KEY|TOKEN|SECRET|PASSWORD)/m);
    }
  });

  const daemonScripts = () =>
    fs.readdirSync(path.join(images, "dind")).filter((name) => !["Dockerfile", ".dockerignore"].includes(name));

  test("add hooks that GoCD's entry point runs: executable files with a shell", () => {
    const folders = ["agent/hooks", "agent/bin", "server/hooks"];
    const scripts = folders.flatMap((folder) =>
      fs.readdirSync(path.join(images, folder)).map((name) => path.join(folder, name)),
    );
    for (const script of [...scripts, ...daemonScripts().map((name) => path.join("dind", name))]) {
      const file = path.join(images, script);
      expect({ script, executable: (fs.statSync(file).mode & 0o111) === 0o111 }).toEqual({ script, executable: true });
      expect(fs.readFileSync(file, "utf8")).toMatch(/^#!\/bin\/sh\n/);
    }
  });

  test("copy every script that there is for the daemon", () => {
    const copied = instructions("dind")
      .find((line) => line.startsWith("COPY "))
      ?.split(/\s+/)
      .slice(1, -1);
    expect([...(copied ?? [])].sort()).toEqual(daemonScripts().sort());
  });

  test("open no port and add no listener", () => {
    expect(instructions("dind").at(-1)).toBe('CMD ["dockerd"]');
    for (const image of OURS) expect(instructions(image).filter((line) => line.startsWith("EXPOSE"))).toEqual([]);
  });
});
