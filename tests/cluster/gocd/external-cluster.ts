import { admissionName, ADMISSION_PARTS } from "../../../components/guardrails/admission";
import { committedStacks } from "../../support/stacks";
import { kubectl, kubectlProgram, tryKubectl } from "../kubernetes/kubectl";
import { outcome } from "../kubernetes/run";
import { externalImages, IMAGE_NAMES } from "./test-images";

/** The installations that the tests put on a cluster, in whole or in part. */
const INSTALLATIONS = ["test", "second", ...committedStacks].map((stack) => `gocd-${stack}`);

/** Every namespace that a test makes, and removes. */
const NAMESPACES = [
  ...INSTALLATIONS.flatMap((name) => [name, `${name}-agents`]),
  "shop",
  "gocd-bench",
  "gocd-full-disk",
  "gocd-policies",
];

/** What is missing for the tests on the cluster of KUBECONFIG, in words, or undefined. */
export async function missingForExternalCluster(): Promise<string | undefined> {
  const missing = ["GOCD_TEST_IMAGES", "GOCD_TEST_STORAGE_CLASS"].filter((name) => process.env[name] === undefined);
  if (missing.length > 0)
    return `KUBECONFIG is set and ${missing.join(" and ")} not; tests/cluster/README.md says what they are`;
  const usable = await outcome(kubectlProgram(), ["version", "--client"]).then(
    ({ code }) => code === 0,
    () => false,
  );
  return usable ? undefined : "it takes kubectl, and kubectl is not on the PATH";
}

/** Refuses what would go wrong, or harm somebody: the tests remove what they make, by name. */
export async function checkExternalCluster(): Promise<void> {
  const wrong = IMAGE_NAMES.filter((name) => !/@sha256:[0-9a-f]{64}$/.test(externalImages[name] ?? ""));
  if (wrong.length > 0)
    throw new Error(
      `GOCD_TEST_IMAGES gives no reference by digest for ${wrong.join(", ")}: wanted is JSON such as {"server":"registry.example/server@sha256:…",…}`,
    );
  const found = await kubectl(["get", "namespace", "--ignore-not-found", "-o", "name", ...NAMESPACES]);
  const taken = found.split("\n").filter(Boolean);
  if (taken.length > 0)
    throw new Error(
      `the cluster has ${taken.join(", ")} already, and the tests would remove that: delete it if an earlier run left it, or take another cluster`,
    );
}

/** Removes what the tests have made, also what a suite that was interrupted could not. */
export async function clearExternalCluster(): Promise<void> {
  const policies = INSTALLATIONS.flatMap((name) => ADMISSION_PARTS.map((part) => admissionName(part, name)));
  const ended = await Promise.all(
    [
      ["validatingadmissionpolicybinding", ...policies],
      ["validatingadmissionpolicy", ...policies],
      ["namespace", ...NAMESPACES],
    ].map((what) => tryKubectl(["delete", "--ignore-not-found", "--timeout=280s", ...what])),
  );
  const failed = ended.filter(({ code }) => code !== 0);
  if (failed.length > 0) throw new Error(failed.map(({ stderr }) => stderr).join(""));
}
