import { z } from "zod";

/** True on the cluster that the tests build; false on the one of KUBECONFIG. */
export const OWN_CLUSTER = process.env["GOCD_TEST_IMAGES"] === undefined;

/** References that an external cluster can pull, by image. What cannot be read gives none. */
export const externalImages: Readonly<Record<string, string>> = read(process.env["GOCD_TEST_IMAGES"]);

/** An image under test: where it is built from, what it is called here, and the reference that the test stack gives. */
export interface TestImage {
  readonly folder: string;
  readonly tag: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly reference: string;
}

// Nothing listens on port 1: a builder that wants to ask the registry for something newer is refused at once, and takes
// what is there.
const REGISTRY = "localhost:1";

/** What a stand-in is called. */
export const standInTag = (name: string): string => `${REGISTRY}/stand-in/${name}:1`;

const image = (folder: string, digit: string, buildArgs: Readonly<Record<string, string>>): TestImage => ({
  folder,
  tag: `${REGISTRY}/${folder}:1`,
  buildArgs,
  // The digest is a name here: what is built differs from machine to machine, and the stack file does not.
  reference: externalImages[folder] ?? `registry.tests/${folder}@sha256:${digit.repeat(64)}`,
});

/** The images under test, in the order in which they are built. */
export const TEST_IMAGES = {
  dind: image("dind", "d", { BASE: standInTag("dind") }),
  agent: image("agent", "a", { BASE: standInTag("agent"), CLI: standInTag("cli") }),
  server: image("server", "5", { BASE: standInTag("server") }),
  housekeeping: image("housekeeping", "e", { BASE: standInTag("node") }),
} as const;

/** Their names, which are also those of the folders below images/. */
export const IMAGE_NAMES = Object.keys(TEST_IMAGES) as readonly (keyof typeof TEST_IMAGES)[];

function read(json = "{}"): Readonly<Record<string, string>> {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(json));
  } catch {
    return {};
  }
}
