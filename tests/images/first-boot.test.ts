import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const XML = `<?xml version="1.0"?>
<cruise schemaVersion="139">
  <server serverId="a"><security allowOnlyKnownUsersToLogin="true">
    <authConfigs><authConfig id="passwd" pluginId="cd.go.authentication.passwordfile"/></authConfigs>
  </security></server>
</cruise>
`;
const OPEN = `<cruise schemaVersion="139"><server serverId="a"/></cruise>\n`;
const CIPHER = "0123456789abcdef0123456789abcdef";

function boot(env: Readonly<Record<string, string>> = {}): Outcome {
  return shell().run("server/hooks/10-first-boot", {
    env: { SEED_DIR: shell().path("seed"), CONFIG_DIR: shell().path("config"), ...env },
  });
}
const files = (): { readonly config: string | undefined; readonly cipher: string | undefined } => ({
  config: shell().read("config/cruise-config.xml"),
  cipher: shell().read("config/cipher.aes"),
});

beforeEach(() => {
  shell().write("seed/cruise-config.xml", XML, 0o440);
  shell().write("seed/cipher.aes", CIPHER, 0o440);
});

describe("the server's boot", () => {
  test("gives an empty disk its configuration and key, which GoCD alone can read and can write", () => {
    expect(boot().status).toBe(0);
    expect(files()).toEqual({ config: XML, cipher: CIPHER });
    expect(shell().mode("config/cruise-config.xml")).toBe("600");
    expect(shell().mode("config/cipher.aes")).toBe("600");
  });

  test("changes nothing the second time, whatever users and the program changed in between", () => {
    boot();
    const theirs = XML.replace('serverId="a"', 'serverId="b"');
    shell().remove("config/cruise-config.xml");
    shell().write("config/cruise-config.xml", theirs);
    shell().remove("seed/cruise-config.xml");
    shell().write("seed/cruise-config.xml", XML.replace('serverId="a"', 'serverId="c"'));

    expect(boot()).toMatchObject({ status: 0, stderr: "" });
    expect(files()).toEqual({ config: theirs, cipher: CIPHER });
  });

  describe("whose first start failed", () => {
    const corrected = XML.replace('serverId="a"', 'serverId="corrected"');
    const correct = () => {
      shell().remove("seed");
      shell().write("seed/cruise-config.xml", corrected, 0o440);
      shell().write("seed/cipher.aes", "e".repeat(32), 0o440);
    };

    test("takes the corrected settings: GoCD has never accepted the others", () => {
      boot();
      // What GoCD leaves when it refuses its configuration: a history without a revision.
      shell().write("db/config.git/HEAD", "ref: refs/heads/master\n");
      expect(boot()).toMatchObject({ status: 0, stderr: "" });
      correct();
      expect(boot().stderr).toContain("GoCD has never started with this configuration");
      expect(files()).toEqual({ config: corrected, cipher: "e".repeat(32) });
      expect(boot()).toMatchObject({ status: 0, stderr: "" });
    });

    test.each([
      ["GoCD has accepted once", () => shell().write("db/config.git/refs/heads/master", "0123\n")],
      [
        "GoCD has accepted once, long ago",
        () => shell().write("db/config.git/packed-refs", "0123 refs/heads/master\n"),
      ],
      [
        "somebody has changed",
        () => {
          shell().remove("config/cruise-config.xml");
          shell().write("config/cruise-config.xml", `${XML}<!-- mine -->`);
        },
      ],
      [
        "came from elsewhere",
        () => {
          shell().remove("config/.installed");
        },
      ],
    ])("keeps a configuration that %s", (_what, happen) => {
      boot();
      happen();
      const before = files();
      correct();
      boot();
      expect(files()).toEqual(before);
    });
  });

  test("needs no seed for a disk that has its configuration", () => {
    boot();
    shell().remove("seed");
    expect(boot()).toMatchObject({ status: 0, stderr: "" });
    expect(files()).toEqual({ config: XML, cipher: CIPHER });
  });

  test("keeps another key that is on the disk, and says so in one line", () => {
    shell().write("config/cipher.aes", "f".repeat(32));
    shell().write("config/cruise-config.xml", XML);
    const outcome = boot();
    expect(outcome.status).toBe(0);
    expect(files().cipher).toBe("f".repeat(32));
    expect(outcome.stderr.trim().split("\n")).toEqual([expect.stringContaining("cipher.aes is not the stack's: kept")]);
  });

  test("takes a line break at the key's end for nothing", () => {
    shell().write("config/cipher.aes", `${CIPHER}\n`);
    shell().write("config/cruise-config.xml", XML);
    expect(boot()).toMatchObject({ status: 0, stderr: "" });
  });

  test("completes a disk that lost one of the two", () => {
    shell().write("config/cruise-config.xml", XML);
    boot();
    expect(files()).toEqual({ config: XML, cipher: CIPHER });
  });

  test("says nothing of what is in the files", () => {
    const outcome = boot();
    expect(outcome.stdout + outcome.stderr).not.toMatch(/0123456789abcdef|serverId/);
  });

  test.each([
    ["no seed at all", "seed"],
    ["no configuration in the seed", "seed/cruise-config.xml"],
    ["no key in the seed", "seed/cipher.aes"],
  ])("stops with %s rather than start GoCD open to everybody", (_, missing) => {
    shell().remove(missing);
    const outcome = boot();
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("Mount the Secret gocd-server");
    expect(files().config).toBeUndefined();
  });

  test("stops with an empty file in the seed, and leaves none behind", () => {
    shell().remove("seed/cipher.aes");
    shell().write("seed/cipher.aes", "");
    expect(boot().status).toBe(1);
    expect(files()).toEqual({ config: undefined, cipher: undefined });
  });
});

describe("a configuration without log-in", () => {
  test("in the seed stops the boot before anything reaches the disk", () => {
    shell().remove("seed/cruise-config.xml");
    shell().write("seed/cruise-config.xml", OPEN);
    expect(boot().status).toBe(1);
    expect(files().config).toBeUndefined();
  });

  test("that its users made is theirs, with a line in the log", () => {
    shell().write("config/cruise-config.xml", OPEN);
    const outcome = boot();
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toContain("open to everybody");
  });

  test("is not seen where there is one", () => {
    shell().write("config/cruise-config.xml", XML.replace("\n", "\r\n"));
    expect(boot()).toMatchObject({ status: 0, stderr: expect.not.stringContaining("open to everybody") as string });
  });
});
