// What the suites of backup and restore do with the server's data.
import { BACKUP_NAMESPACE, DATA, stopServer } from "../../backup-stack";
import { loseDisk } from "../../../kubernetes/disks";
import { eventually } from "../../../kubernetes/run";
import { pod, status } from "../../pods";
import { gocd } from "../../server";

const AT = { namespace: BACKUP_NAMESPACE };

/** Something that only the server's data has. */
export const environments = async () => {
  const { _embedded } = await gocd<{
    readonly _embedded: { readonly environments: readonly { readonly name: string }[] };
  }>({
    ...AT,
    path: "/go/api/admin/environments",
    version: 3,
  });
  return _embedded.environments.map(({ name }) => name);
};
export const addEnvironment = (name: string) =>
  gocd({ ...AT, method: "POST", path: "/go/api/admin/environments", version: 3, body: { name } });

export const emptyDisk = async () => {
  await stopServer();
  loseDisk({ namespace: "", name: DATA });
};

/** Why the server does not start. */
export const refusal = () =>
  eventually("a refusal", async () => {
    const { lastState, state } = status(await pod("gocd-server-0", BACKUP_NAMESPACE), "restore");
    const ended = state.terminated ?? lastState?.terminated;
    return ended?.message;
  });
