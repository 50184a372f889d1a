import { createHash } from "node:crypto";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const plugin = (name: string, content: string) => `${name} ${sha256(content)} https://example.org/${name}.jar\n`;

function boot(plugins: string): Outcome {
  const env = { PLUGIN_DIR: shell().path("external"), ...(plugins !== "" && { PLUGINS: plugins }) };
  return shell().run("server/hooks/20-plugins", { env });
}
const jar = (name: string) => shell().read(`external/${name}.jar`);

/** A curl that finds `offered/<last part of the address>`. */
beforeEach(() => {
  shell().command(
    "curl",
    `while [ $# -gt 1 ]; do [ "$1" != --output ] || to=$2; shift; done
[ -e "$FIXTURE/offered/\${1##*/}" ] || { echo "curl: (22) 404" >&2; exit 22; }
cp "$FIXTURE/offered/\${1##*/}" "$to"`,
  );
  shell().write("offered/oauth.jar", "one");
  shell().write("offered/mail.jar", "two");
});

describe("the server's plugins", () => {
  test("are downloaded once, and found on the disk at every later boot", () => {
    expect(boot(plugin("oauth", "one") + plugin("mail", "two")).status).toBe(0);
    expect([jar("oauth"), jar("mail")]).toEqual(["one", "two"]);
    shell().remove("offered");
    expect(boot(plugin("oauth", "one") + plugin("mail", "two"))).toMatchObject({ status: 0, stderr: "" });
    expect(shell().calls("curl")).toHaveLength(2);
  });

  test("are replaced when the checksum changes", () => {
    boot(plugin("oauth", "one"));
    shell().write("offered/oauth.jar", "newer");
    expect(boot(plugin("oauth", "newer")).status).toBe(0);
    expect(jar("oauth")).toBe("newer");
  });

  test("stop the boot when what arrives is something else, and the old jar stays", () => {
    boot(plugin("oauth", "one"));
    shell().write("offered/oauth.jar", "evil");
    const outcome = boot(plugin("oauth", "newer"));
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(`oauth from https://example.org/oauth.jar has the checksum ${sha256("evil")}`);
    expect(outcome.stderr).toContain(`gocd:server.plugins wants ${sha256("newer")}`);
    expect(jar("oauth")).toBe("one");
    expect(shell().read("external/.oauth.new")).toBeUndefined();
  });

  test("stop the boot when they cannot be downloaded", () => {
    const outcome = boot(plugin("gone", "x"));
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("gone cannot be downloaded from https://example.org/gone.jar");
    expect(jar("gone")).toBeUndefined();
  });

  test("go when the settings have them no more; those of people stay", () => {
    shell().write("external/theirs.jar", "theirs");
    boot(plugin("oauth", "one") + plugin("mail", "two"));
    const outcome = boot(plugin("mail", "two"));
    expect(outcome.stderr).toContain("oauth removed");
    expect([jar("oauth"), jar("mail"), jar("theirs")]).toEqual([undefined, "two", "theirs"]);
    expect(boot("").status).toBe(0);
    expect([jar("mail"), jar("theirs")]).toEqual([undefined, "theirs"]);
    expect(boot("")).toMatchObject({ status: 0, stderr: "" });
  });

  test("that an interrupted boot left half-way are finished, and still known as ours", () => {
    boot(plugin("oauth", "one") + plugin("gone", "x"));
    expect(jar("oauth")).toBe("one");
    boot(plugin("mail", "two"));
    expect([jar("oauth"), jar("mail")]).toEqual([undefined, "two"]);
  });
});
