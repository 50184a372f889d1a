import path from "node:path";
import { binary } from "../kubernetes/binaries";
import { containerdPrograms, program } from "../kubernetes/packages";
import { dockerBinary } from "./binaries";
import { dockerClient } from "./packages";
import type { ImageConfig } from "../kubernetes/image-archive";
import { imageNode, npmFolder, NPM_CACHE } from "./npm";
import { ROOT } from "../kubernetes/paths";
import type { Contents } from "../kubernetes/rootfs";

/** An image that stands in for another project's: what is in it, and how it starts. */
export interface StandIn {
  readonly contents: Contents;
  readonly config: ImageConfig;
  /** TypeScript of the checkout, files or folders, compiled into /opt/stand-in with its paths. */
  readonly sources?: readonly string[];
}

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const XTABLES = "/usr/lib/x86_64-linux-gnu/xtables";
const IPTABLES = ["iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore"];

const inFolder = (folder: string, from: (name: string) => string, ...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`${folder}/${name}`, from(name)]));
// Node as the harness runs it: the real images have a JVM where the stand-ins have this.
const node = { "/usr/local/bin/node": process.execPath };
const STAND_INS = path.join(__dirname, "stand-ins");
const script = (standIn: string, name: string) => path.join(STAND_INS, standIn, name);
/** What both images have for materials: Git by HTTPS and SSH, with the public authorities. */
const GIT = {
  "/usr/lib/git-core/git-remote-http": "/usr/lib/git-core/git-remote-http",
  "/usr/lib/git-core/git-remote-https": "/usr/lib/git-core/git-remote-http",
  "/etc/ssl/certs/ca-certificates.crt": "/etc/ssl/certs/ca-certificates.crt",
};
/** The user of GoCD's images: group root, so that files can be shared by group. */
const GO = {
  users: { go: { uid: 1000, gid: 0, home: "/home/go" } },
  owned: { uid: 1000, gid: 0, folders: ["/godata", "/go-working-dir", "/docker-entrypoint.d"] },
};

/** docker:29-dind: the same paths, programs, entry point and environment; dockerd and runc are built from their modules. */
const dind: StandIn = {
  contents: {
    machine: ["openssl", "/usr/lib/ssl/openssl.cnf", "/usr/sbin/xtables-nft-multi"],
    files: {
      "/usr/local/bin/docker": dockerClient,
      "/usr/local/bin/docker-init": program("tini"),
      "/usr/local/bin/runc": binary("runc"),
      ...inFolder("/usr/local/bin", dockerBinary, "dockerd", "docker-proxy"),
      ...inFolder(
        "/usr/local/bin",
        (name) => path.join(containerdPrograms, name),
        "containerd",
        "containerd-shim-runc-v2",
        "ctr",
      ),
      ...inFolder("/usr/local/bin", (name) => script("dind", name), "dockerd-entrypoint.sh", "docker-entrypoint.sh"),
    },
    folders: { [XTABLES]: XTABLES },
    links: Object.fromEntries(IPTABLES.map((name) => [`/usr/sbin/${name}`, "xtables-nft-multi"])),
  },
  config: {
    Entrypoint: ["dockerd-entrypoint.sh"],
    Cmd: [],
    Env: [PATH, "DOCKER_TLS_CERTDIR=/certs"],
    Volumes: { "/var/lib/docker": {} },
  },
};

/** docker:29-cli: the client and its plug-ins. */
const CLI: StandIn = {
  contents: {
    files: {
      "/usr/local/bin/docker": dockerClient,
      ...inFolder("/usr/local/libexec/docker/cli-plugins", dockerBinary, "docker-buildx", "docker-compose"),
    },
  },
  config: { Env: [PATH] },
};

/** node:24-slim, with npm. It finds every package of housekeeping's lock file in the image: none is built with a network. */
const nodeSlim: StandIn = {
  contents: {
    files: { "/usr/local/bin/node": imageNode },
    folders: { "/usr/local/lib/node_modules/npm": npmFolder(), "/var/cache/npm": NPM_CACHE },
    links: {
      "/usr/local/bin/npm": "../lib/node_modules/npm/bin/npm-cli.js",
      "/usr/local/bin/npx": "../lib/node_modules/npm/bin/npx-cli.js",
    },
    users: { node: { uid: 1000, gid: 1000, home: "/home/node" } },
  },
  config: { Cmd: ["node"], Env: [PATH, "npm_config_cache=/var/cache/npm", "npm_config_offline=true"] },
};

/** gocd/gocd-agent-debian: the same paths, user, entry point and hooks; a Node program speaks in the agent's place. */
const agent: StandIn = {
  contents: {
    machine: ["bash", "curl", "git", "ssh"],
    files: { ...node, ...GIT, "/docker-entrypoint.sh": script("agent", "docker-entrypoint.sh") },
    ...GO,
  },
  config: { Entrypoint: ["/docker-entrypoint.sh"], Env: [PATH], User: "1000", WorkingDir: "/go-working-dir" },
  sources: ["tests/cluster/gocd/stand-ins/agent"],
};

/** gocd/gocd-server: likewise. */
const server: StandIn = {
  contents: {
    machine: ["bash", "curl", "git", "ssh"],
    files: { ...node, ...GIT, "/docker-entrypoint.sh": script("server", "docker-entrypoint.sh") },
    folders: inFolder(
      "/opt/stand-in/node_modules",
      (name) => path.join(ROOT, "node_modules", name),
      "bcryptjs",
      "ldapts",
    ),
    ...GO,
  },
  config: { Entrypoint: ["/docker-entrypoint.sh"], Env: [PATH], User: "1000", WorkingDir: "/go-working-dir" },
  sources: ["tests/cluster/gocd/stand-ins/server", "tests/support/gocd-stand-in", "tests/support/storage-stand-in"],
};

/** Every stand-in by its name. */
export const STAND_IN = { dind, cli: CLI, node: nodeSlim, agent, server } as const;
