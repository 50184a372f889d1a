import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { withAskedDigest, withKnownDigest } from "../../../tools/images/digests";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const TAGGED = { image: "docker:29.7.2-cli", platforms: ["linux/amd64"], neededBy: ["building images/agent"] };
const NAMED = { image: `registry.example/agent@${DIGEST}`, platforms: [], neededBy: ["StatefulSet docker: agent"] };

const { PATH } = process.env;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "images-"));
});
afterEach(() => {
  process.env["PATH"] = PATH;
  rmSync(folder, { recursive: true });
});

/** In place of Docker's client; the test has no network. */
function docker(script: string): void {
  const file = join(folder, "docker");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  process.env["PATH"] = `${folder}${delimiter}${PATH ?? ""}`;
}

describe("the digest of an image", () => {
  test("is known where the reference has it, and asked of nobody", async () => {
    docker("exit 9");
    expect(withKnownDigest(NAMED)).toEqual({ ...NAMED, digest: DIGEST });
    expect(await withAskedDigest(NAMED)).toEqual({ ...NAMED, digest: DIGEST });
    expect(withKnownDigest(TAGGED)).toEqual(TAGGED);
  });

  test("is asked of the registry by Docker's client", async () => {
    docker(`[ "$*" = "buildx imagetools inspect --format {{.Manifest.Digest}} ${TAGGED.image}" ] && echo ${DIGEST}`);
    expect(await withAskedDigest(TAGGED)).toEqual({ ...TAGGED, digest: DIGEST });
  });

  test("is missing with the last thing that Docker says", async () => {
    docker('echo "some warning" >&2; echo "ERROR: docker.io/library/docker:29.7.2-cli: not found" >&2; exit 1');
    expect(await withAskedDigest(TAGGED)).toEqual({
      ...TAGGED,
      refusal: "ERROR: docker.io/library/docker:29.7.2-cli: not found",
    });
  });

  test("is not taken from an answer that is none", async () => {
    docker("echo {{.Manifest.Digest}}");
    expect(await withAskedDigest(TAGGED)).toEqual({
      ...TAGGED,
      refusal: 'docker answers "{{.Manifest.Digest}}" in place of a digest',
    });
  });

  test("needs Docker's client", async () => {
    process.env["PATH"] = folder;
    await expect(withAskedDigest(TAGGED)).rejects.toThrow("--digests needs the command docker with its plugin buildx");
  });
});
