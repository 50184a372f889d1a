import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { binary } from "./binaries";
import { containerdPrograms, program } from "./debian";
import { type Contents } from "./rootfs";

const XTABLES = "/usr/lib/x86_64-linux-gnu/xtables";
const containerd = Object.fromEntries(["containerd", "containerd-shim-runc-v2", "ctr"].map((name) => [`/usr/local/bin/${name}`, path.join(containerdPrograms, name)]));

/** What each stand-in holds beside the files in its folder. Each must be there before those that build on it. */
export const STAND_IN_CONTENTS: Readonly<Record<string, Contents>> = {
  pause: {},
  dind: {
    machine: ["openssl", "/usr/sbin/xtables-nft-multi", "/usr/lib/ssl/openssl.cnf"].filter((file) => !file.startsWith("/usr/lib/ssl") || existsSync(file)),
    files: {
      "/usr/local/bin/docker": program("docker"),
      "/usr/local/bin/docker-init": program("tini"),
      ...Object.fromEntries(["dockerd", "docker-proxy", "runc"].map((name) => [`/usr/local/bin/${name}`, binary(name)])),
      ...containerd,
    },
    folders: readdirSync(XTABLES).length > 0 ? { [XTABLES]: XTABLES } : {},
    links: Object.fromEntries(["iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore"].map((name) => [`/usr/sbin/${name}`, "xtables-nft-multi"])),
  },
};
