import { named, PROVIDER } from "./rule";
import { TYPE } from "./types";

interface Words {
  readonly source: string;
  readonly says: (id: string) => string;
}

const CONTAINER: Words = {
  source: "https://github.com/hashicorp/terraform/issues/19909",
  says: (id) => `googleapi: Error 409: Already exists: ${id}., alreadyExists`,
};

/** Services with words of their own for a name that is taken. */
const WORDS: Readonly<Record<string, Words>> = {
  [TYPE.account]: {
    source: "https://github.com/hashicorp/terraform-provider-google/issues/19112",
    says: (id) => {
      const [project = "", email = ""] = id.split("/serviceAccounts/");
      return `googleapi: Error 409: Service account ${email.replace(/@.*/, "")} already exists within project ${project}., alreadyExists`;
    },
  },
  [TYPE.bucket]: {
    source: "https://github.com/gitpod-io/gitpod/issues/15578",
    says: () =>
      "googleapi: Error 409: Your previous request to create the named bucket succeeded and you already own it., conflict",
  },
  [TYPE.cluster]: CONTAINER,
  [TYPE.nodePool]: CONTAINER,
  [TYPE.nat]: {
    source: `${PROVIDER}/services/compute/resource_compute_router_nat.go (PatchCreateEncoder)`,
    says: (id) => `Unable to create RouterNat, existing object already found: ${named(id)}`,
  },
  [TYPE.repository]: {
    source:
      "https://docs.cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories/create",
    says: () => "googleapi: Error 409: the repository already exists., alreadyExists",
  },
};

/** What Google, or its provider, says when something of this name is there already. */
export const alreadyThere = (type: string, id: string): string =>
  WORDS[type]?.says(id) ?? `googleapi: Error 409: The resource '${id}' already exists, alreadyExists`;
