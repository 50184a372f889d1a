import { type BadSetting, create, testBad } from "./stack";

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  ["a size without unit", { "gocd:server": { disk: "30" } }, "gocd:server.disk", /30/, /30Gi/],
  ["a size in decimal units", { "gocd:server": { disk: "30GB" } }, "gocd:server.disk", /"30GB"/, /30Gi/],
  [
    "a disk below its type's least",
    { "gocd:server": { disk: "5Gi" } },
    "gocd:server.disk",
    /"5Gi"/,
    /10Gi to 65536Gi, the bounds of pd-balanced/,
  ],
  [
    "a disk above the most there is",
    { "gocd:server": { artifacts: "65Ti" } },
    "gocd:server.artifacts",
    /"65Ti"/,
    /65536Gi/,
  ],
  [
    "a disk type that there is not",
    { "gocd:server": { diskType: "ssd" } },
    "gocd:server.diskType",
    /"ssd"/,
    /pd-balanced/,
  ],
  [
    "a disk that its machine cannot take",
    { ...create({ serverNodes: { machineType: "n4-standard-2" } }) },
    "gocd:server.diskType",
    /pd-balanced/,
    /hyperdisk-balanced/,
  ],
  [
    "a Hyperdisk on a machine without",
    { "gocd:server": { diskType: "hyperdisk-balanced" } },
    "gocd:server.diskType",
    /hyperdisk/,
    /e2-standard-2: pd-balanced/,
  ],
  ["a heap in the wrong unit", { "gocd:server": { heap: "512Ki" } }, "gocd:server.heap", /"512Ki"/, /at least 64Mi/],
  [
    "a server that asks for more CPU than its node has",
    { "gocd:server": { cpu: "4" } },
    "gocd:server.cpu",
    /"4"/,
    /no more than 1.6, which a node of e2-standard-2/,
  ],
  ["a heap that leaves its node no room", { "gocd:server": { heap: "8Gi" } }, "gocd:server.heap", /"8Gi"/, /10240Mi/],
  [
    "a server without memory for git",
    { "gocd:server": { headroom: "512Mi" } },
    "gocd:server.headroom",
    /"512Mi"/,
    /at least 768Mi/,
  ],
  [
    "a disk for artifacts that the server's machine does not take",
    { "gocd:server": { artifactsDiskType: "hyperdisk-balanced" } },
    "gocd:server.artifactsDiskType",
    /hyperdisk-balanced/,
    /attaches to e2-standard-2/,
  ],
  [
    "a site URL with GoCD's own path",
    { "gocd:server": { siteUrl: "https://ci.example.com/go" } },
    "gocd:server.siteUrl",
    /\/go/,
    /no path/,
  ],
  [
    "a port that there is not",
    { "gocd:server": { siteUrl: "http://ci.example.com:99999" } },
    "gocd:server.siteUrl",
    /99999/,
    /http/,
  ],
  [
    "a site URL without a scheme",
    { "gocd:server": { siteUrl: "ci.example.com" } },
    "gocd:server.siteUrl",
    /ci.example/,
    /http/,
  ],
  [
    "a JVM option with a quote",
    { "gocd:server": { jvmOptions: ["-Da='b'"] } },
    "gocd:server.jvmOptions[0]",
    /-Da='b'/,
    /no blanks, quotes/,
  ],
  [
    "a heap among the JVM options",
    { "gocd:server": { jvmOptions: ["-Dfine=1", "-Xmx4g"] } },
    "gocd:server.jvmOptions[1]",
    /-Xmx4g/,
    /gocd:server\.heap/,
  ],
  [
    "a JVM option that opens the server to local agents",
    { "gocd:server": { jvmOptions: ["-Dgo.auto.register.local.agent.enabled=true"] } },
    "gocd:server.jvmOptions[0]",
    /local\.agent/,
    /never approved unseen/,
  ],
  [
    "a plugin without a checksum",
    { "gocd:server": { plugins: { oauth: { url: "https://example.org/a.jar" } } } },
    "gocd:server.plugins.oauth.sha256",
    /nothing/,
    /64 hex digits/,
  ],
  [
    "a plugin whose name is a path",
    { "gocd:server": { plugins: { "../x": { url: "https://example.org/a.jar", sha256: "a".repeat(64) } } } },
    "gocd:server.plugins.../x",
    /\.\.\/x/,
    /a name of letters/,
  ],
  [
    "a configuration repository with a password in its address",
    { "gocd:server": { configRepository: { url: "https://user:hunter2@example.org/x.git" } } },
    "gocd:server.configRepository.url",
    /./,
    /starts with http/,
  ],
  [
    "a branch that looks like an option",
    { "gocd:server": { configRepository: { url: "https://example.org/x.git", branch: "--upload-pack=x" } } },
    "gocd:server.configRepository.branch",
    /upload-pack/,
    /name of a branch/,
  ],
];

describe("settings of the server", () => {
  testBad(BAD);
});
