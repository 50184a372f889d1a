import { identities } from "./server";
import { agent, job, loadTool } from "./pods";

const MODES = "stat -c '%n %a %u:%g' /setuid /sticky /secret /shared";
const DOCKERFILE = `FROM tool:1
RUN touch /setuid /secret && mkdir /sticky /shared && chmod 4755 /setuid && chmod 1777 /sticky && chmod 0600 /secret && chmod 2775 /shared && chown 12:34 /shared`;

/** Everything of an agent that must outlive its pod. */
export interface PersistedState {
  readonly identities: readonly string[];
  /** What the agents that run now say that they are. */
  readonly uuids: readonly string[];
  readonly file: string;
  readonly image: string;
  readonly modes: string;
}

/** Writes to the first agent's disks what {@link snapshotState} looks for. */
export async function writeTestData(): Promise<void> {
  await loadTool(0);
  await job(
    0,
    "echo kept >/godata/pipelines/kept; mkdir -p /godata/pipelines/modes; cat >/godata/pipelines/modes/Dockerfile",
    { input: DOCKERFILE },
  );
  await job(0, "cd /godata/pipelines/modes && docker build -q -t modes:1 . >/dev/null");
}

/** Of the two agents; a third one, once it was there, stays known for a while. */
export const identitiesOfTwo = async (): Promise<readonly string[]> =>
  (await identities()).filter((identity) => !identity.startsWith(`${agent(2)} `));

export const snapshotState = async (): Promise<PersistedState> => ({
  identities: await identitiesOfTwo(),
  uuids: await Promise.all([0, 1].map((ordinal) => job(ordinal, "cat /godata/config/guid.txt"))),
  file: await job(0, "cat /godata/pipelines/kept; stat -c '%a %u:%g' /godata/pipelines/kept"),
  image: await job(0, "docker image inspect modes:1 --format '{{.Id}}'"),
  modes: await job(0, `docker run --rm modes:1 ${MODES}`),
});
