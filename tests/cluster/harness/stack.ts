/** An image under test: where it is built from, what it is called here, and the reference that the test stack gives. */
export interface TestImage {
  readonly folder: string;
  readonly tag: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly reference: string;
}

const image = (folder: string, digit: string, buildArgs: Readonly<Record<string, string>>): TestImage => ({
  folder,
  tag: `tests/${folder}:1`,
  buildArgs,
  // The digest is a name here: what is built differs from machine to machine, and the stack file does not.
  reference: `registry.tests/${folder}@sha256:${digit.repeat(64)}`,
});

/** The images under test, in the order in which they are built. */
export const TEST_IMAGES = {
  dind: image("dind", "d", { BASE: "stand-in/dind:1" }),
} as const;
