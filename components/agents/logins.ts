import type * as pulumi from "@pulumi/pulumi";

const DIRECTORY = "/etc/gocd-logins";
export const LOGINS_FILE = "logins";

/** Of lines REGISTRY USER PASSWORD those of a pool's registries. */
export function loginLines(all: string, registries: readonly string[]): string {
  const own = all.split("\n").filter((line) => registries.includes(line.trim().split(" ", 1)[0] ?? ""));
  return own.map((line) => `${line.trim()}\n`).join("");
}

/**
 * What the agent's container needs so that Docker's client in jobs is logged in: the registries, whose change restarts the pool, and
 * the file that images/agent/bin/docker-credential-pool-login reads anew each time, so that another password needs no restart.
 *
 * @param secret the Secret's name; nothing is needed without one.
 */
export function dockerLogins(secret: pulumi.Input<string> | undefined, registries: readonly string[]) {
  if (secret === undefined) return { env: [], mounts: [], volumes: [] };
  return {
    env: [{ name: "DOCKER_LOGINS", value: registries.join(" ") }],
    mounts: [{ name: "docker-logins", mountPath: DIRECTORY, readOnly: true }],
    volumes: [{ name: "docker-logins", secret: { secretName: secret, defaultMode: 0o440 } }],
  };
}
