// Who reaches whom in the cluster, where policies are enforced.
import { exec } from "../kubernetes/kubectl";

export const TRY_SECONDS = 3;
/** A port on which nothing of the program listens, until the tests do. */
export const OTHER_PORT = 8199;
export const LISTEN = `nc -ll -p ${OTHER_PORT} -e true >/dev/null 2>&1 </dev/null & true`;

/** A container to try from: pod, container, namespace. */
export type Origin = readonly [pod: string, container: string, namespace: string];
/** An address with a port on which somebody listens. */
export type Target = readonly [address: string, port: number];

/** Whether a connection is made, from inside a container. */
export async function reaches(origin: Origin, [host, port]: Target): Promise<boolean> {
  const options = JSON.stringify({ host, port, timeout: TRY_SECONDS * 1000 });
  const connect = `const socket = require("net").connect(${options}, () => process.exit(0));
    for (const end of ["error", "timeout"]) socket.on(end, () => process.exit(1));`;
  return (await exec(...origin, ["node", "-e", connect])).code === 0;
}
