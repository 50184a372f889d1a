import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { isObject, UNKNOWN, type WireObject } from "../../../preview/run/wire";
import { environment } from "./environment";
import { at } from "./google/cloud";
import type { Problem, ProviderModel } from "./model";

// As in pulumi/pulumi-docker, provider/image.go and provider.go: `check` hashes the build context, so that a changed file is a
// changed argument; nothing makes an image anew, not even its name; `configure` fails without a daemon, whatever the operation.

const NO_DAEMON = "failed to connect to any docker daemon";

/** `docker`: images that nobody builds, with the digest of what would have gone in. */
export const docker: ProviderModel = {
  configure() {
    if (environment()["DOCKER_HOST"] === "none") throw new Error(NO_DAEMON);
  },
  resources: {
    "docker:index/image:Image": {
      replaces: () => false,
      computed: ["repoDigest", "baseImageName", "registryServer"],
      // Any change builds and pushes again.
      recomputed: () => ["repoDigest"],
      check: (inputs) => contextProblems(inputs),
      defaults: ({ inputs }) => ({ contextDigest: digestOf(inputs) }),
      create: (resource) => ({ id: at(resource.inputs, "imageName"), outputs: pushed(resource.inputs) }),
      update: (_id, { inputs }) => pushed(inputs),
    },
  },
};

function buildOf({ build }: WireObject): { readonly context: string; readonly dockerfile: string } {
  const { context, dockerfile } = isObject(build) ? build : {};
  const folder = typeof context === "string" ? context : ".";
  return { context: folder, dockerfile: typeof dockerfile === "string" ? dockerfile : path.join(folder, "Dockerfile") };
}

function contextProblems(inputs: WireObject): readonly Problem[] {
  const { context, dockerfile } = buildOf(inputs);
  if (context === UNKNOWN) return [];
  if (!existsSync(context))
    return [{ property: "build.context", reason: `open ${context}: no such file or directory` }];
  return existsSync(dockerfile)
    ? []
    : [{ property: "build.dockerfile", reason: `open ${dockerfile}: no such file or directory` }];
}

function digestOf(inputs: WireObject): string {
  const { context } = buildOf(inputs);
  const hash = createHash("sha256");
  for (const name of existsSync(context) ? readdirSync(context, { recursive: true, encoding: "utf8" }).sort() : []) {
    const file = path.join(context, name);
    if (statSync(file).isFile()) hash.update(name).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function pushed(inputs: WireObject): WireObject {
  const name = at(inputs, "imageName");
  const repository = name.replace(/:[^:/]+$/, "");
  return {
    baseImageName: name,
    registryServer: name.replace(/\/.*/, ""),
    repoDigest: `${repository}@sha256:${createHash("sha256").update(JSON.stringify(inputs["contextDigest"])).digest("hex")}`,
  };
}
