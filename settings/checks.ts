import { seconds } from "../kubernetes/quantities";
import { checkNodes } from "./nodes";
import { show, type Broken, type Problem } from "./problems";
import { checkRanges } from "./ranges";
import type { Settings } from "./settings";
import { checkSizes } from "./sizes";

/**
 * What no single value shows: how keys fit together. Every check returns the problems it finds, never throws.
 *
 * @param broken what has a problem already: a check that would hold another key against it is left out. The caller leaves out
 * what is said of such a key itself.
 */
export function crossCheck(settings: Settings, broken: Broken): Problem[] {
  return [
    ...(broken("gcp:region") ? [] : checkLocation(settings)),
    ...checkSizes(settings, broken),
    ...(broken("gocd:server.restored", "gocd:cluster.existing") ? [] : checkRestored(settings)),
    ...checkRanges(settings, broken),
    ...checkPools(settings),
    ...checkEnvironments(settings),
    ...(settings.cluster.mode === "create" ? checkNodes(settings, settings.cluster, broken) : []),
  ];
}

function checkLocation({ storage }: Settings): Problem[] {
  if (storage.mode === "class") return [];
  const { google } = storage;
  if (google.zone.startsWith(`${google.region}-`)) return [];
  return [{ key: "gcp:zone", found: show(google.zone), wanted: `a zone of gcp:region, which is ${google.region}` }];
}

function checkRestored({ server, storage, backup }: Settings): Problem[] {
  const { restored, use } = server;
  const problems: Problem[] = [];
  const names = Object.keys(restored);
  if (storage.mode === "class" && names.length > 0) {
    problems.push({
      key: "gocd:server.restored",
      found: show(names),
      wanted: "nothing where claims come from a storage class: there is no disk to make",
    });
  }
  if (storage.mode === "class" && backup.restore !== undefined) {
    problems.push({
      key: "gocd:backup.restore",
      found: show(backup.restore),
      wanted: "nothing where claims come from a storage class: there is no bucket",
    });
  }
  if (use !== undefined && !names.includes(use)) {
    const wanted =
      names.length > 0
        ? `one of ${names.join(", ")}, the names of gocd:server.restored`
        : "nothing, since gocd:server.restored has no name";
    problems.push({ key: "gocd:server.use", found: show(use), wanted });
  }
  return problems;
}

/** GKE waits at most an hour for a pod when it upgrades a node. */
const LONGEST_GRACE_SECONDS = 3600;
const SHORTEST_GRACE_SECONDS = 60;

/** Node pools may have 40 characters, of which Pulumi takes 8 to tell a new one from the one it replaces. */
const LONGEST_NODE_POOL = 32;
/** What housekeeping writes on agents (images/housekeeping/src/record.ts). */
const RESERVED_RESOURCES = ["draining", "housekeeping"];
/** Node pools of these names exist already. */
const TAKEN = ["server", "agents"];
/** Every namespace has a service account of this name, and a pool's is called as the pool. */
const EVERYWHERE = "default";

function checkPools({ name, agents, cluster }: Settings): Problem[] {
  return agents.flatMap((pool) => {
    const key = `gocd:agents.${pool.name}`;
    const problems: Problem[] = [];
    if (pool.nodes && (TAKEN.includes(pool.name) || `${name}-${pool.name}`.length > LONGEST_NODE_POOL)) {
      const most = LONGEST_NODE_POOL - name.length - 1;
      problems.push({
        key,
        found: show(pool.name),
        wanted: `with nodes of its own a name of at most ${most} characters, and none of ${TAKEN.join(", ")}`,
      });
    }
    if (pool.name === EVERYWHERE) {
      problems.push({
        key,
        found: show(pool.name),
        wanted: "another name: every namespace has an account of this one",
      });
    }
    if (pool.nodes && cluster.mode === "existing") {
      problems.push({
        key: `${key}.nodes`,
        found: "a map",
        wanted: "nothing: nodes of a cluster that exists are not made here; placement names them",
      });
    }
    if (pool.placement && cluster.mode === "create") {
      problems.push({
        key: `${key}.placement`,
        found: "a map",
        wanted: "nothing: this program makes the nodes, labels and taints them; nodes gives a pool its own",
      });
    }
    const grace = seconds(pool.gracePeriod);
    if (grace < SHORTEST_GRACE_SECONDS || grace > LONGEST_GRACE_SECONDS) {
      problems.push({
        key: `${key}.gracePeriod`,
        found: show(pool.gracePeriod),
        wanted: "60s to 1h, which is how long a node's upgrade waits",
      });
    }
    const reserved = pool.resources.find((resource) => RESERVED_RESOURCES.includes(resource));
    if (reserved !== undefined) {
      problems.push({
        key: `${key}.resources`,
        found: show(reserved),
        wanted: "another name; housekeeping marks agents with this one",
      });
    }
    for (const list of ["resources", "environments"] as const) {
      const names = pool[list].map((item) => item.toLowerCase());
      const twice = pool[list].find((_, index) => names.indexOf(names[index] ?? "") !== index);
      if (twice !== undefined) {
        const wanted = "every name once; to GoCD capitals make no difference";
        problems.push({ key: `${key}.${list}`, found: show(twice), wanted });
      }
    }
    return problems;
  });
}

/** Two environments whose names differ in capitals only are one to GoCD, which then refuses its whole configuration. */
function checkEnvironments({ agents }: Settings): Problem[] {
  const spelled = new Map<string, { key: string; name: string }>();
  return agents.flatMap((pool) =>
    pool.environments.flatMap((name, index) => {
      const key = `gocd:agents.${pool.name}.environments[${index}]`;
      const first = spelled.get(name.toLowerCase());
      if (first === undefined) spelled.set(name.toLowerCase(), { key, name });
      if (first === undefined || first.name === name) return [];
      return [{ key, found: show(name), wanted: `${show(first.name)}, as ${first.key} spells it` }];
    }),
  );
}
