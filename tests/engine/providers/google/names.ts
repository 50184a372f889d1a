import { UNKNOWN, type WireObject } from "../../../../preview/run/wire";
import type { Problem } from "../model";
import { PROVIDER } from "./rule";
import { TYPE } from "./types";

const COMPUTE = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const OF_CLUSTER = /^[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?$/;

/** What an argument of a type must be like, by what the provider checks before anything is made. */
const PATTERNS: readonly {
  readonly types: readonly string[];
  readonly argument: string;
  readonly pattern: RegExp;
  readonly source: string;
}[] = [
  {
    types: Object.values(TYPE).filter((type) => type.startsWith("gcp:compute/")),
    argument: "name",
    pattern: COMPUTE,
    source: "https://docs.cloud.google.com/compute/docs/naming-resources",
  },
  {
    types: [TYPE.cluster, TYPE.nodePool],
    argument: "name",
    pattern: OF_CLUSTER,
    source: `${PROVIDER}/services/container/resource_container_cluster.go, node_config.go (name: at most 40)`,
  },
  {
    types: [TYPE.account],
    argument: "accountId",
    pattern: /^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/,
    source: `${PROVIDER}/services/resourcemanager/resource_google_service_account.go (ValidateRFC1035Name(6, 30))`,
  },
  {
    types: [TYPE.bucket],
    argument: "name",
    pattern: /^[a-z0-9][-_.a-z0-9]{1,61}[a-z0-9]$/,
    source: "https://docs.cloud.google.com/storage/docs/buckets#naming",
  },
];

/** Names that the provider does not take. */
export const nameProblems = (type: string, inputs: WireObject): readonly Problem[] =>
  PATTERNS.filter(({ types }) => types.includes(type)).flatMap(({ argument, pattern }) => {
    const value = inputs[argument];
    return typeof value !== "string" || value === UNKNOWN || pattern.test(value)
      ? []
      : [{ property: argument, reason: `"${argument}" ("${value}") doesn't match regexp "${pattern.source}"` }];
  });
