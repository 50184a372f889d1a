import * as fs from "node:fs";
import * as path from "node:path";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const images = path.resolve(__dirname, "../../images");
const PEM = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

function hook(env: Readonly<Record<string, string>> = {}): Outcome {
  return shell().run("agent/hooks/05-company", {
    env: {
      HOME: shell().path("home"),
      CA_FILE: shell().path("ca/ca.crt"),
      PUBLIC_CA_FILE: shell().write("public.crt", PEM("public")),
      SSL_CERT_FILE: shell().path("made/bundle.crt"),
      JAVA_TRUST_STORE: shell().path("made/truststore"),
      GO_JAVA_HOME: shell().path("java"),
      ...env,
    },
  });
}

/** A keytool that keeps the certificates it was given, one after the other, and refuses what is called bad. */
function java(): void {
  shell().write("java/lib/security/cacerts", "public ones\n", 0o444);
  shell().write(
    "java/bin/keytool",
    `#!/bin/sh\nfor file; do :; done; ! grep -q bad "$file" || exit 1; cat "$file" >>"$FIXTURE/made/truststore"\n`,
    0o755,
  );
}

describe("certificates of one's own authorities", () => {
  test("are in one file with the public ones, and in Java's, one by one", () => {
    java();
    shell().write("ca/ca.crt", PEM("one") + PEM("two"));
    expect(hook()).toMatchObject({ status: 0, stderr: "" });
    expect(shell().read("made/bundle.crt")).toBe(PEM("public") + PEM("one") + PEM("two"));
    expect(shell().read("made/truststore")).toBe(`public ones\n${PEM("one")}${PEM("two")}`);
    expect(fs.readdirSync(shell().path("made")).sort()).toEqual(["bundle.crt", "truststore"]);
  });

  test("that cannot be read stop the start", () => {
    java();
    shell().write("ca/ca.crt", PEM("one") + PEM("bad"));
    expect(hook()).toMatchObject({ status: 1, stderr: expect.stringContaining("gocd:company.certificates") as string });
  });

  test("are nothing to do where there are none", () => {
    expect(hook()).toMatchObject({ status: 0, stderr: "" });
    expect(shell().read("made/bundle.crt")).toBeUndefined();
  });
});

describe("a proxy", () => {
  const PROXY = { HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://p:1", NO_PROXY: "localhost,.svc" };
  const config = () => JSON.parse(shell().read("home/.docker/config.json") ?? "") as unknown;

  test("is in Docker's own configuration, once, beside what is there", () => {
    shell().write("home/.docker/config.json", fs.readFileSync(path.join(images, "agent/docker/config.json"), "utf8"));
    const before = config() as object;
    hook(PROXY);
    hook(PROXY);
    const proxies = { default: { httpProxy: "http://p:1", httpsProxy: "http://p:1", noProxy: "localhost,.svc" } };
    expect(config()).toEqual({ ...before, proxies });
  });

  test("is nothing to do where Docker has no configuration", () => {
    expect(hook(PROXY)).toMatchObject({ status: 0, stderr: "" });
  });
});

test("server and agent do the same: each image is built from its own folder", () => {
  const [agent, server] = ["agent", "server"].map((image) =>
    fs.readFileSync(path.join(images, image, "hooks/05-company"), "utf8"),
  );
  expect(server).toBe(agent);
});
