import { getPods } from "./api";
import { kubectl } from "./kubectl";
import { eventually } from "./run";

/** As long as kubectl may take for anything else. */
const TIMEOUT = 300_000;

/**
 * Deletes pods, by kubectl's names, selectors and flags, and waits until these are gone. Not by kubectl's own wait: it asks for the pod of that
 * name, and then watches. Where a rollout deletes the pod at the same time, the next one of the name may be there when it begins to watch,
 * and it waits for that one to go, without end.
 */
export async function deletePods(namespace: string, ...args: readonly string[]): Promise<void> {
  const before = await uids(namespace);
  const named = await kubectl(["delete", "pods", "-n", namespace, ...args, "--wait=false", "--output=name"]);
  const deleted = named
    .split("\n")
    .filter(Boolean)
    .map((name) => before.get(name.replace(/^pod\//, "")));
  await eventually(
    `${named.trim().replaceAll("\n", ", ")} to go`,
    async () => {
      const left = new Set((await uids(namespace)).values());
      return deleted.some((uid) => left.has(uid ?? "")) ? undefined : true;
    },
    TIMEOUT,
  );
}

const uids = async (namespace: string) =>
  new Map((await getPods(namespace)).map(({ metadata: { name, uid = "" } }) => [name, uid]));
