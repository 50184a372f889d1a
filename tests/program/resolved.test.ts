import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KubernetesObject, resolvedManifests } from "../support/program";

describe("the objects of a stack that is up", () => {
  const directory = mkdtempSync(join(tmpdir(), "gocd-resolved-"));
  const state = join(directory, "state.json");
  let first: readonly KubernetesObject[];

  beforeAll(async () => {
    first = await resolvedManifests({}, { state });
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const contents = (objects: readonly KubernetesObject[], name: string) =>
    (objects.find(({ kind, metadata }) => kind === "Secret" && metadata.name === name)?.["stringData"] ??
      {}) as Readonly<Record<string, string>>;
  const file = (side: "client" | "daemon", pod: string, name: string) =>
    contents(first, `docker-${side}-tls`)[`${pod}.${name}`] ?? "";

  test("begin with namespaces, then volumes, so that they can be applied in order", () => {
    const kinds = first.map(({ kind }) => kind);
    expect(kinds.slice(0, 4)).toEqual(["Namespace", "Namespace", "PersistentVolume", "PersistentVolume"]);
    expect(kinds.slice(4)).not.toContain("Namespace");
  });

  test("hold no placeholder", () => {
    const text = JSON.stringify(first);
    expect(text).not.toMatch(/«|04da6b54-80e4-46f7-96ec-b56ff0331ba9|1b47061264138c4ac30d75fd1eb44270/);
  });

  test("give each agent and its daemon keys that fit their certificates", () => {
    for (const pod of ["docker-0", "docker-1"]) {
      for (const side of ["client", "daemon"] as const) {
        const certificate = new X509Certificate(file(side, pod, "cert.pem"));
        expect(certificate.checkPrivateKey(createPrivateKey(file(side, pod, "key.pem")))).toBe(true);
        expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
      }
    }
  });

  test("let each side trust exactly the other's certificate", () => {
    for (const pod of ["docker-0", "docker-1"]) {
      expect(file("client", pod, "ca.pem")).toBe(file("daemon", pod, "cert.pem"));
      expect(file("daemon", pod, "ca.pem")).toBe(file("client", pod, "cert.pem"));
    }
    expect(file("client", "docker-0", "ca.pem")).not.toBe(file("client", "docker-1", "ca.pem"));
  });

  test("make a daemon's certificate good for its loopback and nowhere else", () => {
    const certificate = new X509Certificate(file("daemon", "docker-0", "cert.pem"));
    expect(certificate.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(new Date(certificate.validTo).getTime() - Date.now()).toBeGreaterThan(4 * 365 * 24 * 3600 * 1000);
  });

  test("stay the same from one update to the next, while new agents get keys of their own", async () => {
    expect(await resolvedManifests({}, { state })).toEqual(first);
    const grown = await resolvedManifests(
      { config: { "gocd:agents": { docker: { replicas: 3, resources: ["docker"], environments: ["docker"] } } } },
      { state },
    );
    expect(contents(grown, "docker-client-tls")).toMatchObject(contents(first, "docker-client-tls"));
    expect(Object.keys(contents(grown, "docker-identity"))).toHaveLength(6);
    const template = (objects: readonly KubernetesObject[]) =>
      objects.find(({ kind, metadata }) => kind === "StatefulSet" && metadata.name === "docker")?.["spec"] as {
        readonly template: unknown;
      };
    // A changed template would restart every agent.
    expect(template(grown).template).toEqual(template(first).template);
  });

  test("manage a secure site URL, or that there is none", async () => {
    const managed = (objects: readonly KubernetesObject[]) =>
      (JSON.parse(contents(objects, "gocd-housekeeping")["config.json"] ?? "{}") as { readonly managed: object })
        .managed;
    expect(managed(first)).toMatchObject({ siteUrl: "http://127.0.0.1:8153", secureSiteUrl: "" });
    const siteUrl = "https://ci.example.com";
    const secured = await resolvedManifests({ config: { "gocd:server": { siteUrl } } }, { state });
    expect(managed(secured)).toMatchObject({ siteUrl, secureSiteUrl: siteUrl });
  });

  test("are new in every point when the rotation is raised", async () => {
    const rotated = await resolvedManifests({ config: { "gocd:agents": { docker: { rotation: 2 } } } }, { state });
    for (const [key, value] of Object.entries(contents(first, "docker-daemon-tls")))
      expect(contents(rotated, "docker-daemon-tls")[key]).not.toBe(value);
    expect(contents(rotated, "docker-identity")).toMatchObject({
      "docker-0.uuid": contents(first, "docker-identity")["docker-0.uuid"],
    });
  });
});
