import type * as pulumi from "@pulumi/pulumi";

/** Where server and agents find the keys, the hosts and the configuration of SSH. */
const DIRECTORY = "/etc/gocd-ssh";
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g;

/** The files of a Secret that ssh reads. */
export type GitSsh = pulumi.Output<{ readonly [file: string]: string }>;

/**
 * What Git logs in to hosts with, and how it knows them: the configuration of ssh, a file for each key, the hosts.
 *
 * @param keys one or more private keys without passphrase, one below the other; each is offered to every host, in this order.
 * @param knownHosts lines as `ssh-keyscan` prints them.
 */
export function sshFiles(keys: string, knownHosts: string): { readonly [file: string]: string } {
  const found = keys.replaceAll("\r\n", "\n").match(PRIVATE_KEY) ?? [keys.trim()];
  const files = Object.fromEntries(found.map((key, index) => [`key-${index}`, `${key}\n`]));
  const lines = [
    "Host *",
    // A host that is not in the list, or has another key, is refused: there is nobody to ask.
    "StrictHostKeyChecking yes",
    `UserKnownHostsFile ${DIRECTORY}/known_hosts`,
    "GlobalKnownHostsFile /dev/null",
    "BatchMode yes",
    "IdentitiesOnly yes",
    ...Object.keys(files).map((file) => `IdentityFile ${DIRECTORY}/${file}`),
  ];
  return { config: `${lines.join("\n  ")}\n`, known_hosts: `${knownHosts.trim()}\n`, ...files };
}

/**
 * What a container needs for Git over SSH: git is told, so that the home directory is no part of it. The files of a mounted Secret
 * follow it, so new keys need no restart.
 *
 * @param secret the Secret's name; nothing is needed without one.
 */
export function gitSsh(secret: pulumi.Input<string> | undefined) {
  if (secret === undefined) return { env: [], mounts: [], volumes: [] };
  return {
    env: [{ name: "GIT_SSH_COMMAND", value: `ssh -F ${DIRECTORY}/config` }],
    mounts: [{ name: "git-ssh", mountPath: DIRECTORY, readOnly: true }],
    // Of root, readable for the group that user go is in: ssh asks for 0600 only of keys that belong to whoever runs it.
    volumes: [{ name: "git-ssh", secret: { secretName: secret, defaultMode: 0o440 } }],
  };
}
