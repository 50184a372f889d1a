import type { Case } from "./case";
import { SOCKETS, SOCKET, typed, command } from "./texts";

/** Commands that start containers. */
export const COMMAND_TEXT_CASES: readonly Case[] = [
  ...typed(
    "refused",
    SOCKETS,
    Object.fromEntries(
      Object.entries({
        "by a variable": "S=/var/run; docker run -v $S/docker.sock:/s x",
        "by a variable in braces and quotes": 'export S="/var/run"\ndocker run -v "${S}/docker.sock:/s" x',
        "by the default of a variable": "docker run -v ${S:-/var/run/docker.sock}:/s x",
        "over several lines": `docker run \\\n  --name x \\\n  -v ${SOCKET}:/s \\\n  x`,
        "for another user": `sudo -E docker run --rm -v ${SOCKET}:/s x`,
        "by ssh": `ssh core@build 'docker run -v ${SOCKET}:/s x'`,
        "by a shell in a shell": `bash -lc "sh -c 'podman run -v /run/podman/podman.sock:/s x'"`,
        "in a container of a container": `docker run docker:cli docker run -v ${SOCKET}:/s x`,
        "to a service of Swarm": `docker service create --mount type=bind,src=${SOCKET},dst=/s x`,
        "by nerdctl": "nerdctl run --volume=/run/containerd/containerd.sock:/s x",
      }).map(([name, create]) => [`the socket given ${name}`, command(create)]),
    ),
  ),
  ...typed("refused", "no-privileged-containers", {
    "docker run --privileged": command("docker run --privileged x nsenter -t 1 -m sh"),
    "docker run --privileged=true": command("docker run --rm --privileged=true x"),
    "docker run with a capability": command("docker run --cap-add=SYS_ADMIN x"),
    "docker run with capabilities in words": command("docker run --cap-add SYS_PTRACE --cap-add ALL x"),
    "kubectl run --privileged": command("kubectl run x --image=x --privileged"),
  }),
  ...typed("refused", "no-host-namespaces", {
    "docker run --pid=host": command("docker run --pid=host x"),
    "docker run --network host": command("docker run -d --network host x"),
    "docker run --ipc host --userns=host": command("docker run --ipc host --userns=host x"),
    "kubectl debug of a node": command("kubectl debug node/gke-1 -it --image=busybox"),
  }),
  ...typed("allowed", "", {
    "docker run with nothing of the node": command(
      "docker run -it --rm -e A=b -v data:/data --network inside x --privileged",
    ),
    "docker run --privileged=false": command("docker run --privileged=false x"),
    "a message about a command": command(`echo never use docker run with ${SOCKET}`),
    "curl of the socket": command(`curl --unix-socket ${SOCKET} http://x/containers/json`),
    "docker run with the volumes of another container": command("docker run --volumes-from proxy x"),
    "kubectl debug of a pod": command("kubectl debug pod/x -it --image=busybox"),
  }),
];
