import { bootDiskType, flag, machineType, mapWith, size, whole } from "./values";

/** Nodes of agents: of all pools, or of one alone. */
export const nodes = mapWith({
  machineType: machineType.default("e2-standard-4").describe("machine type"),
  disk: size.default("50Gi").describe("boot disk"),
  diskType: bootDiskType,
  max: whole("a whole number of nodes from 1 to 100", 1, 100)
    .default(4)
    .describe("most nodes that the autoscaler may start"),
  spot: flag.default(false).describe("cheaper nodes that Google may take back at any time"),
});
