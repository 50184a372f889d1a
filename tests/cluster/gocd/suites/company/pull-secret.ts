import { ctr } from "../../../kubernetes/node";
import { AGENTS_NAMESPACE } from "../../deploy";
import { TEST_IMAGES } from "../../test-images";
import { NODE_REGISTRY, PRIVATE_USER } from "./network";

/** A Secret for pulls, made before there are pods that need it. */
export const PULL_SECRET = "pull";
const IMAGE = `${NODE_REGISTRY}/sidecar`;

const { name, password } = PRIVATE_USER;

export const pullSecret = () => {
  const auth = Buffer.from(`${name}:${password}`).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: PULL_SECRET, namespace: AGENTS_NAMESPACE },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": JSON.stringify({ auths: { [NODE_REGISTRY]: { auth } } }) },
  };
};

/** Pushes an image that the node then has to pull, and returns its reference by digest. */
export async function pushSidecar(): Promise<string> {
  const { reference } = TEST_IMAGES.agent;
  await ctr("images", "push", "--plain-http", "--user", `${name}:${password}`, `${IMAGE}:1`, reference);
  const [, , digest = ""] =
    (await ctr("images", "list", `name==${reference}`)).trim().split("\n")[1]?.split(/\s+/) ?? [];
  return `${IMAGE}@${digest}`;
}

/** What the registry says to a node that names nobody. */
export const pullWithoutLogin = (reference: string) => outcomeOf(ctr("images", "pull", "--plain-http", reference));

const outcomeOf = (pulled: Promise<string>) =>
  pulled.then(
    () => "pulled",
    (error: unknown) => String(error),
  );
