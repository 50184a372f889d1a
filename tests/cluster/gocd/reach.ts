// Who reaches whom in the cluster, where policies are enforced.
import { exec } from "../kubernetes/kubectl";

export const TRY_SECONDS = 3;
/** A port on which nothing of the program listens, until the tests do. */
export const OTHER_PORT = 8199;
export const listenOn = (port: number): string => `nc -ll -p ${port} -e true >/dev/null 2>&1 </dev/null & true`;
export const LISTEN = listenOn(OTHER_PORT);

/** A container to try from: pod, container, namespace. */
export type Origin = readonly [pod: string, container: string, namespace: string];
/** An address with a port on which somebody listens. */
export type Target = readonly [address: string, port: number];

/** The names of the targets to which a connection is made from inside a container, in their order; all are tried at once. */
export async function reached(origin: Origin, targets: Readonly<Record<string, Target>>): Promise<readonly string[]> {
  const tries = Object.entries(targets).map(([name, [host, port]]) => ({ name, host, port }));
  const connect = `const { connect } = require("net");
    const tried = ({ name, host, port }) => new Promise((resolve) => {
      const socket = connect({ host, port, timeout: ${TRY_SECONDS * 1000} }, () => { socket.destroy(); resolve(name); });
      for (const end of ["error", "timeout"]) socket.on(end, () => { socket.destroy(); resolve(null); });
    });
    Promise.all(${JSON.stringify(tries)}.map(tried)).then((names) => console.log(JSON.stringify(names)));`;
  const { code, stdout, stderr } = await exec(...origin, ["node", "-e", connect]);
  if (code !== 0) throw new Error(`nothing can be tried from ${origin.join("/")}: ${stderr}${stdout}`);
  return (JSON.parse(stdout) as readonly (string | null)[]).filter((name) => name !== null);
}

/** Whether a connection is made, from inside a container. */
export const reaches = async (origin: Origin, target: Target): Promise<boolean> =>
  (await reached(origin, { target })).length > 0;
