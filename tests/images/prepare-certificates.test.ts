import { spawnSync } from "node:child_process";
import { opensslStandIn, readByStandIn, selfSigned, type Pair } from "./certificate";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const year = 365 * 24;
const SIDES = ["daemon", "client"] as const;

const daemon = selfSigned("daemon", year);
const client = selfSigned("client", year);
const nextDaemon = selfSigned("daemon", year);

/** Lays out what the kubelet mounts: each side's key and certificate, and the other's as the only one to trust. */
function mounted(pairs: {
  readonly daemon: Pair;
  readonly client: Pair;
  readonly trustedByDaemon?: Pair;
  readonly trustedByClient?: Pair;
}): void {
  const trusted = { daemon: pairs.trustedByDaemon ?? pairs.client, client: pairs.trustedByClient ?? pairs.daemon };
  for (const side of SIDES) {
    const files = { "ca.pem": trusted[side].cert, "cert.pem": pairs[side].cert, "key.pem": pairs[side].key };
    for (const [file, content] of Object.entries(files)) {
      shell().remove(`secrets/${side}/${file}`);
      shell().write(`secrets/${side}/${file}`, content, 0o440);
      readByStandIn(shell(), content);
    }
  }
}

function prepare(): Outcome {
  return shell().run("dind/prepare-certificates", {
    env: {
      SECRETS_DIR: shell().path("secrets"),
      CERTIFICATES_DIR: shell().path("certs"),
      POD_NAME: "docker-0",
      POOL: "docker",
    },
  });
}

// Node's parser everywhere, and the real openssl as well where there is one.
const parsers = spawnSync("openssl", ["version"]).status === 0 ? ["Node's parser", "openssl"] : ["Node's parser"];

describe.each(parsers)("certificates, read by %s,", (parser) => {
  beforeEach(() => {
    if (parser !== "openssl") opensslStandIn(shell());
  });

  test("that belong together are copied, and only root and the agent can read the keys", () => {
    mounted({ daemon, client });
    expect(prepare()).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(shell().read("certs/server/key.pem")).toBe(daemon.key);
    expect(shell().read("certs/server/ca.pem")).toBe(client.cert);
    expect(shell().read("certs/client/key.pem")).toBe(client.key);
    expect(shell().read("certs/client/ca.pem")).toBe(daemon.cert);
    for (const side of ["server", "client"]) expect(shell().mode(`certs/${side}/key.pem`)).toBe("440");
  });

  test("replace those of a pod that runs its init containers again", () => {
    mounted({ daemon, client });
    prepare();
    mounted({ daemon: nextDaemon, client });
    expect(prepare().status).toBe(0);
    expect(shell().read("certs/server/cert.pem")).toBe(nextDaemon.cert);
    expect(shell().read("certs/client/ca.pem")).toBe(nextDaemon.cert);
  });

  const expired = selfSigned("expired", -1);
  const wrong: readonly [string, Parameters<typeof mounted>[0], RegExp][] = [
    [
      "a daemon of the next rotation",
      { daemon: nextDaemon, client, trustedByClient: daemon },
      /the client does not trust the daemon's.*pulumi up.*delete this pod/,
    ],
    [
      "a client of the next rotation",
      { daemon, client: nextDaemon, trustedByDaemon: client },
      /the daemon does not trust the client's.*pulumi up.*delete this pod/,
    ],
    [
      "an expired daemon",
      { daemon: expired, client },
      /the daemon's certificate expired on .* GMT: raise gocd:agents\.docker\.rotation/,
    ],
    [
      "an expired client",
      { daemon, client: expired },
      /the client's certificate expired on .* GMT: raise gocd:agents\.docker\.rotation/,
    ],
    [
      "another's key",
      { daemon: { ...daemon, key: client.key }, client },
      /the daemon's key is not the one of its certificate/,
    ],
    [
      "a certificate that is none",
      { daemon: { ...daemon, cert: "nonsense" }, client },
      /the daemon's certificate cannot be read/,
    ],
  ];
  test.each(wrong)(
    "with %s stop the pod before anything is copied, with one line that says what to do",
    (_, pairs, line) => {
      mounted(pairs);
      const outcome = prepare();
      expect(outcome.status).toBe(1);
      expect(outcome.stderr.trim().split("\n")).toEqual([expect.stringMatching(line)]);
      expect(outcome.stderr).toContain("docker-0");
      expect(shell().read("certs/server/cert.pem")).toBeUndefined();
    },
  );

  test.each([
    ["daemon", "docker-daemon-tls"],
    ["client", "docker-client-tls"],
  ])("of which the %s's are missing name the Secret", (side, secret) => {
    mounted({ daemon, client });
    shell().remove(`secrets/${side}/key.pem`);
    // What the kubelet makes of a missing key under subPath.
    shell().write(`secrets/${side}/key.pem/made-by-the-kubelet`, "");
    const outcome = prepare();
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(`the Secret ${secret} gave no readable docker-0.key.pem`);
  });

  test("that end within a month work, with a line that says so", () => {
    mounted({ daemon: selfSigned("daemon", 29 * 24), client });
    const outcome = prepare();
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toMatch(
      /^prepare-certificates: docker-0: the daemon's certificate expires on .*rotation by one/,
    );
  });
});
