import { parseSettings } from "../../../settings/parse";
import { SettingsError } from "../../../settings/problems";
import type { Settings } from "../../../settings/types";
import { HOST, openings } from "./openings";

/** Every list with one of each of the lists in it. */
function product<T extends readonly unknown[]>(...lists: { readonly [K in keyof T]: readonly T[K][] }): T[] {
  // Each has one of every list in their order, which `reduce` cannot tell the compiler.
  return lists.reduce<unknown[][]>(
    (all, list) => all.flatMap((one) => list.map((value: unknown) => [...one, value])),
    [[]],
  ) as unknown as T[];
}

const CLUSTERS = [
  { "gocd:cluster": { create: {} } },
  { "gocd:cluster": { existing: { context: "gke" } } },
  { "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } } },
];

const IAP = { clientId: "1-a.apps.googleusercontent.com", members: ["domain:example.com"] };
const PLACES = [{}, { subnetwork: "projects/p/regions/us-central1/subnetworks/s", proxies: "10.9.0.0/23" }];
const GOOGLE = product<[string, string[], object, object, object]>(
  ["external", "internal"],
  [[], ["0.0.0.0/0"], ["203.0.113.0/24"], ["0.0.0.0/0", "203.0.113.0/24"]],
  [{}, { iap: IAP }, { iap: { ...IAP, members: [] } }, { iap: { ...IAP, members: ["allUsers"] } }],
  [
    {},
    { machines: {} },
    { machines: { paths: [] } },
    { machines: { paths: ["agents"], allow: ["192.0.2.0/24"] } },
    { machines: { allow: [] } },
  ],
  PLACES,
).map(([address, allow, iap, machines, place]) => ({ google: { address, allow, ...iap, ...machines, ...place } }));
const FRONTS = product<["ingress" | "gateway", object, object, object]>(
  ["ingress", "gateway"],
  [{}, { secret: "s" }, { clusterIssuer: "c" }, { secret: "s", issuer: "i" }],
  [
    {},
    { from: {} },
    { from: { namespace: "n" } },
    { from: { namespace: "n", podLabels: { app: "n" } } },
    { from: { ranges: ["10.9.0.0/16"] } },
  ],
  [
    {},
    { annotations: { "nginx.ingress.kubernetes.io/proxy-body-size": "8m" } },
    {
      annotations: {
        "nginx.ingress.kubernetes.io/configuration-snippet": 'proxy_set_header Authorization "Basic eA==";',
      },
    },
    { annotations: { "nginx.ingress.kubernetes.io/force-ssl-redirect": "false" } },
  ],
).map(([kind, certificate, from, annotations]) => ({
  [kind]: { class: "nginx", ...certificate, ...from, ...annotations },
}));
const WAYS = ["port-forward", ...[...GOOGLE, ...FRONTS].map((way) => ({ host: HOST, ...way }))];

const LDAP = { plugin: "cd.go.authentication.ldap", properties: { Url: "ldaps://directory.example.com" } };
const GOOGLE_LOGIN = { plugin: "cd.go.authorization.google", properties: {} };
const GUEST = { plugin: "cd.go.contrib.authorization.guest", onlyKnownUsers: true };
const JAR = { google: { url: "https://example.com/google.jar", sha256: "0".repeat(64) } };
/** What else has to do with who gets in, one list for each setting; the first of each is that nothing is said. */
const SERVER: readonly (readonly object[])[] = [
  [{}, { siteUrl: `http://${HOST}` }, { siteUrl: "https://other.example.com" }],
  [
    {},
    { jvmOptions: ["-Dgo.sessioncookie.secure=N"] },
    { jvmOptions: ["-Dcruise.config.file=/tmp/open.xml"] },
    { jvmOptions: ["-Dhttp.proxyHost=proxy"] },
  ],
  [{}, { configRepository: { url: "https://git.example.com/config.git" } }],
  [
    {},
    // Users without a password are there only beside a log-in that knows them.
    ...product<[object, object]>(
      [{}, { users: { alice: { admin: true } } }],
      [
        { authorization: { ldap: LDAP } },
        { authorization: { ldap: { ...LDAP, onlyKnownUsers: true } } },
        { authorization: { passwords: LDAP } },
        { authorization: { google: GOOGLE_LOGIN }, plugins: JAR },
        { authorization: { guest: GUEST }, plugins: JAR },
      ],
    ).map(([users, logIn]) => ({ ...users, ...logIn })),
  ],
  [{}, { agentNamespaces: ["desk"] }],
];
const RESTORES = [{}, { restore: "backup_20260101-020000", otherServer: "replace-keys" }];

/** Settings beside the way in. */
interface Others {
  readonly server: object;
  readonly backup: object;
}
const BESIDE: readonly (readonly Others[])[] = [
  ...SERVER.map((list) => list.map((server) => ({ server, backup: {} }))),
  RESTORES.map((backup) => ({ server: {}, backup })),
];
const together = (parts: readonly Others[]): Others => ({
  server: Object.assign({}, ...parts.map(({ server }) => server)) as object,
  backup: Object.assign({}, ...parts.map(({ backup }) => backup)) as object,
});
const NONE = together([]);
/** Each setting by itself. */
const EACH = BESIDE.flatMap((list) => list.slice(1));

/** A stack: its cluster, its way in, the other settings, and whether it has a secret of IAP. */
type Stack = readonly [cluster: object, access: unknown, others: Others, secret: boolean];

/** Settings that the program takes, or undefined. */
function accepted([cluster, access, { server, backup }, secret]: Stack): Settings | undefined {
  const stack = {
    "gcp:project": "my-project",
    "gcp:region": "us-central1",
    "gcp:zone": "us-central1-a",
    "gocd:agents": { docker: {} },
    "gocd:images": { registry: "registry.example/team" },
    "gocd:server": server,
    "gocd:backup": backup,
    "gocd:access": access,
    ...cluster,
    ...(secret && { "gocd:iapClientSecret": "hidden" }),
  };
  const config = Object.entries(stack).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    return parseSettings("dev", Object.fromEntries(config) as Record<string, string>, ["gocd:iapClientSecret"]);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

/** A way in that the program takes, and what of each setting beside it it takes there by itself. */
interface Way {
  readonly kind: string;
  readonly stack: Stack;
  readonly takes: readonly (readonly Others[])[];
}

const withOthers = ([cluster, access, , secret]: Stack, others: Others): Stack => [cluster, access, others, secret];

function wayOf(stack: Stack): Way[] {
  const settings = accepted(stack);
  if (!settings) return [];
  const takes = BESIDE.map(([nothing, ...some]) => [
    nothing ?? NONE,
    ...some.filter((others) => accepted(withOthers(stack, others)) !== undefined),
  ]);
  return [{ kind: kindOf(settings), stack, takes }];
}

describe("no combination of settings leaves GoCD open", () => {
  const tried = product<[object, unknown, Others, boolean]>(CLUSTERS, WAYS, [NONE], [true, false]);
  const ways = tried.flatMap(wayOf);
  const modes = new Map(ways.map((way) => [way.kind.split(" ")[0], way]));

  test("of all ways in, the program takes some of every kind and refuses the others", () => {
    expect([...modes.keys()].sort()).toEqual(["external", "gateway", "ingress", "internal", "port-forward"]);
    expect(ways.length).toBeLessThan(tried.length / 2);
  });

  test.each(EACH.map((others) => [JSON.stringify({ ...others.server, ...others.backup }), others] as const))(
    "a setting that opens nothing is taken with some way, and one that would is taken with none: %s",
    (_, others) => {
      const isTaken = ways.some(({ takes }) => takes.flat().includes(others));
      expect(isTaken).toBe(!OPENS.test(JSON.stringify(others)));
    },
  );

  test.each([...modes])("%s refuses with anything beside it what it refuses by itself", (_, { stack, takes }) => {
    const parts = product<Others[]>(...BESIDE).filter((all) => accepted(withOthers(stack, together(all))));
    expect(new Set(parts.flat())).toEqual(new Set(takes.flat()));
  });

  test("each way in, with each combination of all that it takes beside it, asks everybody for a log-in by HTTPS", () => {
    const stacks = ways.flatMap(({ stack, takes }) =>
      product<Others[]>(...takes).map((parts) => withOthers(stack, together(parts))),
    );
    expect(stacks.length).toBeGreaterThan(75 * ways.length);
    const open = stacks.flatMap((stack) => {
      const settings = accepted(stack);
      return settings ? openings(settings).map((opening) => `${opening}: ${JSON.stringify(stack)}`) : [];
    });
    expect(open.slice(0, 5)).toEqual([]);
  });
});

/** Settings that no way goes with. */
const OPENS = /cruise\.config\.file|"passwords"|cd\.go\.(authorization\.google|contrib)/;

/** What kind of way it is, and on what kind of cluster. */
function kindOf({ access, cluster, storage }: Settings): string {
  const way = access.mode === "google" ? access.google.address : access.mode;
  return `${way} ${cluster.mode} ${storage.mode}`;
}
