import { gitSsh, sshFiles } from "../../kubernetes/git-ssh";

const key = (name: string) => `-----BEGIN OPENSSH PRIVATE KEY-----\n${name}\n-----END OPENSSH PRIVATE KEY-----`;
const HOSTS = "git.example ssh-ed25519 AAAA";

test("every private key gets a file, with the line break that ssh wants, and a line of the configuration", () => {
  const files = sshFiles(`${key("one")}\r\n\r\n${key("two")}`, HOSTS);
  expect(files).toMatchObject({ "key-0": `${key("one")}\n`, "key-1": `${key("two")}\n`, known_hosts: `${HOSTS}\n` });
  expect(files["config"]?.match(/IdentityFile .*/g)).toEqual([
    "IdentityFile /etc/gocd-ssh/key-0",
    "IdentityFile /etc/gocd-ssh/key-1",
  ]);
});

test("a host that is not known is refused, and nobody is asked", () => {
  const { config = "" } = sshFiles(key("one"), HOSTS);
  expect(config).toContain("StrictHostKeyChecking yes");
  expect(config).toContain("GlobalKnownHostsFile /dev/null");
  expect(config).toContain("BatchMode yes");
});

test("git is told of the configuration where the Secret is mounted", () => {
  const { env, mounts, volumes } = gitSsh("keys");
  expect(env).toEqual([{ name: "GIT_SSH_COMMAND", value: `ssh -F ${mounts[0]?.mountPath}/config` }]);
  expect(mounts.map(({ name }) => name)).toEqual(volumes.map(({ name }) => name));
  expect(volumes[0]).toMatchObject({ secret: { secretName: "keys", defaultMode: 0o440 } });
});

test("nothing is added where there is no Secret", () => {
  expect(gitSsh(undefined)).toEqual({ env: [], mounts: [], volumes: [] });
});
