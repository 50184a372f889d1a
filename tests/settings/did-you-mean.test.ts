import { type BadSetting, create, pool, testBad } from "./stack";

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  ["a part that is misspelt", { "gocd:agnets": {} }, "gocd:agnets", /does not exist/, /did you mean agents\?\)$/],
  ["a key that is misspelt", pool({ replica: 2 }), "gocd:agents.docker.replica", /./, /did you mean replicas\?\)$/],
  ["a namespace that is misspelt", { "gcd:server": {} }, "gcd:server", /nothing reads/, /did you mean gocd:\?\)$/],
  [
    "a word that is misspelt",
    { "gocd:server": { diskType: "pd-balenced" } },
    "gocd:server.diskType",
    /pd-balenced/,
    /did you mean pd-balanced\?\)$/,
  ],
  [
    "a word in small letters",
    create({ releaseChannel: "stable" }),
    "gocd:cluster.create.releaseChannel",
    /stable/,
    /did you mean STABLE\?\)$/,
  ],
  [
    "a misspelt name of restored disks",
    { "gocd:server": { restored: { monday: { data: "nightly" } }, use: "mondy" } },
    "gocd:server.use",
    /mondy/,
    /did you mean monday\?\)/,
  ],
  [
    "a misspelt machine type of nodes that no pool is on yet",
    {
      ...create({ agentNodes: { machineType: "e2-standrad-4" } }),
      ...pool({ nodes: { machineType: "e2-standard-4" } }),
    },
    "gocd:cluster.create.agentNodes.machineType",
    /"e2-standrad-4"/,
    /did you mean e2-standard-4/,
  ],
  [
    "a misspelt machine type of the server",
    create({ serverNodes: { machineType: "e2-standrd-2" } }),
    "gocd:cluster.create.serverNodes.machineType",
    /"e2-standrd-2"/,
    /did you mean e2-standard-2/,
  ],
];

describe("a key or value that is misspelt", () => {
  testBad(BAD);
});
