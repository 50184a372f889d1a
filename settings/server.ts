import { z } from "zod";
import type { Access } from "./access";
import { proxyRange, type Company } from "./company";
import { oneOf } from "./did-you-mean";
import { roles, users } from "./people";
import { authorization, configRepos, secretConfigs } from "./plugins";
import { problem, type HasProblem, type Problem } from "./problems";
import { diskZoneProblems } from "./disk-zones";
import { CLAIM, memoryProblems, sizeProblems, type Bounds } from "./sizes";
import type { Storage } from "./storage";
import {
  choice,
  cidr,
  cpu,
  list,
  mapOf,
  mapWith,
  origin,
  size,
  snapshot,
  text,
  url,
  zone,
  type ReadonlyDeep,
} from "./values";

/** A name that becomes part of a disk's name. */
const RESTORED_NAME = /^[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?$/;

/** What the program sets itself, or what would have GoCD start with a configuration that asks nobody for a log-in. */
const OWN_JVM_OPTIONS =
  /^-(Xm[sx]|Dgo\.auto\.register\.local\.agent\.enabled|Dcruise\.config\.|Dplugins\.go\.provided|Dcruise\.server\.war|XX:(Flags|VMOptionsFile)=)/;

const jvmOption = text(
  "an option such as -Dhttp.proxyHost=proxy.example: no blanks, quotes, backslashes, $, %, # or backquotes",
  /^-[A-Za-z][^\s'"\\$%#`]*$/,
).refine((value) => !OWN_JVM_OPTIONS.test(value), {
  error:
    "nothing that the program sets itself: the heap is gocd:server.heap, local agents are never approved unseen, and the configuration is the one that asks for a log-in",
});

const plugin = mapWith({
  url: url.describe("where its jar is downloaded from, once"),
  sha256: text("64 hex digits", /^[0-9a-f]{64}$/).describe("checksum of the jar; another one is refused"),
});

const configRepository = mapWith({
  url: url.describe("Git repository with a cruise-config.xml that asks for a log-in"),
  branch: text("the name of a branch", /^\w[\w./-]*$/)
    .optional()
    .describe("branch; the repository's own default if absent"),
});

const DISK_TYPES = ["pd-balanced", "pd-ssd", "pd-standard", "hyperdisk-balanced"] as const;

export const server = mapWith({
  disk: size.default("30Gi").describe("disk for configuration, database and plugins"),
  artifacts: size.default("100Gi").describe("disk for artifacts and logs of jobs"),
  diskType: choice(...DISK_TYPES)
    .default("pd-balanced")
    .describe("type of both disks; changing it replaces them"),
  artifactsDiskType: choice(...DISK_TYPES)
    .optional()
    .describe("type of the disk for artifacts, where it is another one; changing it replaces it"),
  diskZone: zone.optional().describe("zone of the first disks, where gcp:zone has become another one since"),
  replicaZone: zone
    .optional()
    .describe(
      "second zone in which Google keeps a copy of the first disks, at twice their price; not for disks that are there",
    ),
  heap: size.default("1Gi").describe("heap of the server's JVM, fixed (-Xms = -Xmx)"),
  headroom: size
    .default("2Gi")
    .describe("memory beside the heap: metaspace, code cache, threads, direct buffers, and the processes of git"),
  cpu: cpu.default("500m").describe("CPU request"),
  siteUrl: origin.optional().describe("address people use, without /go, where it does not follow from gocd:access"),
  jvmOptions: list(jvmOption, "a list of JVM options").default([]).describe("further options of the server's JVM"),
  plugins: mapOf(
    text("a name of letters, digits, dots, dashes and underscores", /^[A-Za-z0-9][\w.-]*$/),
    plugin,
    "a map of plugins by a name of your own",
  )
    .default({})
    .describe("GoCD plugins, kept on the disk; one that is taken away here goes from there"),
  users,
  roles,
  authorization,
  configRepos,
  secretConfigs,
  configRepository: configRepository
    .optional()
    .describe(
      "what the first boot starts from in place of this program's configuration; afterwards it is not looked at",
    ),
  egress: list(cidr, "a list of IPv4 ranges")
    .default([])
    .describe("private ranges the server may reach, such as an internal Git server"),
  agentNamespaces: list(text("the name of a namespace", /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/), "a list of namespaces")
    .default([])
    .describe("namespaces of the cluster whose pods may reach the server, for agents of your own"),
  restored: mapOf(
    text("a name of at most 16 characters: small letters, digits, dashes", RESTORED_NAME),
    mapWith({
      data: snapshot.optional().describe("makes a second disk for configuration, database and plugins"),
      artifacts: snapshot.optional().describe("makes a second disk for artifacts"),
      zone: zone.optional().describe("zone of these disks, where gcp:zone has become another one since"),
      replicaZone: zone.optional().describe("zone with a copy of these disks"),
    }).refine(({ data, artifacts }) => data !== undefined || artifacts !== undefined, {
      error: "at least one of data, artifacts",
    }),
    "a map of snapshots by a name of your own",
  )
    .default({})
    .describe("disks made from snapshots, or empty ones to restore a backup into, beside the first ones"),
  use: z
    .string({ error: "a name of gocd:server.restored" })
    .optional()
    .describe("which of the restored disks the server uses; the first ones if absent"),
});

/** The GoCD server. */
export type Server = ReadonlyDeep<z.output<typeof server>> & {
  readonly siteUrl: string;
  /** Whether people come by HTTPS through a proxy. */
  readonly behindProxy: boolean;
  /** Zones of the first disks, as far as they are not gcp:zone. */
  readonly firstDisks: { readonly zone: string | undefined; readonly replicaZone: string | undefined };
  readonly company: Company;
  readonly diskTypes: { readonly data: DiskType; readonly artifacts: DiskType };
};

type DiskType = (typeof DISK_TYPES)[number];

/** What `kubectl port-forward` makes of the server. */
const FORWARDED = "http://127.0.0.1:8153";

/** The server's settings, with what follows from others where it is not said. */
export function serverOf(inFile: z.output<typeof server>, access: Access, company: Company): Server {
  const { diskType: data, artifactsDiskType: artifacts = data } = inFile;
  const { siteUrl = access.mode === "port-forward" ? FORWARDED : `https://${access.host}` } = inFile;
  return {
    ...inFile,
    siteUrl,
    behindProxy: access.mode !== "port-forward",
    company,
    egress: [...inFile.egress, ...proxyRange(company)],
    diskTypes: { data, artifacts },
    firstDisks: { zone: inFile.diskZone, replicaZone: inFile.replicaZone },
  };
}

/** Smallest size of each disk type in GiB (Compute Engine: "Disk types"). */
const LEAST_GIB = { "pd-balanced": 10, "pd-ssd": 10, "pd-standard": 10, "hyperdisk-balanced": 4 } as const;

/** Under this no server starts. GoCD's documentation asks for far more, as the default has it; tests use less. */
const LEAST_HEAP_MIB = 64;
/**
 * GoCD's metaspace may take 400 MiB, HotSpot's code cache 240, and a few hundred threads, direct buffers and one git need the
 * rest. GoCD's documentation asks for 2 to 3 GiB above the heap, as the default has it.
 */
const LEAST_HEADROOM_MIB = 768;

/** Disks and memory that are too small, or larger than there are. */
export function serverSizeProblems(server: Server, storage: Storage, hasProblem: HasProblem): Problem[] {
  const typed =
    storage.mode === "disks" &&
    !hasProblem("gocd:cluster.existing", "gocd:server.diskType", "gocd:server.artifactsDiskType");
  const boundsOf = (type: DiskType): Bounds => (typed ? [LEAST_GIB[type], type] : CLAIM);
  return [
    ...sizeProblems("gocd:server.disk", server.disk, boundsOf(server.diskType)),
    ...sizeProblems("gocd:server.artifacts", server.artifacts, boundsOf(server.diskTypes.artifacts)),
    ...memoryProblems("gocd:server.heap", server.heap, LEAST_HEAP_MIB),
    ...memoryProblems("gocd:server.headroom", server.headroom, LEAST_HEADROOM_MIB, ", with which one git may run"),
  ];
}

/** Disks beside the first ones, and the choice among them. */
export function restoredProblems({ restored, use, ...first }: Server, storage: Storage): Problem[] {
  const problems: Problem[] = [];
  const names = Object.keys(restored);
  if (storage.mode === "class" && names.length > 0) {
    const wanted = "nothing where claims come from a storage class: there is no disk to make";
    problems.push(problem("gocd:server.restored", names, wanted));
  }
  problems.push(...diskZoneProblems({ restored, use, ...first }, storage));
  if (use !== undefined && !names.includes(use)) {
    const wanted =
      names.length > 0
        ? `${oneOf(use, names)}: the names of gocd:server.restored`
        : "nothing, since gocd:server.restored has no name";
    problems.push(problem("gocd:server.use", use, wanted));
  }
  return problems;
}
