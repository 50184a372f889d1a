import { type NodePlace, SOCKETS, TREES, WINDOWS_TREES } from "../tables/paths";
import { PlaceTree } from "./place-tree";

/** What is wrong with a path on a node. */
export interface PathVerdict {
  /** `socket`: a runtime's socket or a parent of one; `tree`: another place that gives the node away; `steps`: `..`. */
  readonly kind: "socket" | "tree" | "steps";
  readonly what: string;
}

/** A path in the one spelling that the tables use, and whether it is a Windows path. */
interface Normalised {
  readonly path: string;
  readonly windows: boolean;
  readonly pipe: boolean;
  readonly device: boolean;
  readonly stepsBack: boolean;
}

/** A path as most are written, in the one spelling already but for `/var/run`. */
const PLAIN = /^(?:\/(?!\.)[a-z0-9_.-]+)+$/;

/** Brings every spelling of a path to one: no scheme, drive, doubled or trailing slashes or `.`; lower case; `/run`. */
function normalise(spelling: string): Normalised {
  if (PLAIN.test(spelling)) {
    const path = /^\/var\/run(?:\/|$)/.test(spelling) ? spelling.slice("/var".length) : spelling;
    return { path, windows: false, pipe: false, device: false, stepsBack: false };
  }
  const withoutScheme = spelling.trim().replace(/^(?:unix|file|npipe):(?=[/\\])(?:\/\/(?=[/\\]))?/i, "");
  const pipe = /^[/\\]{2,4}[.?][/\\]+pipe(?:[/\\]|$)/i.test(withoutScheme) || /^npipe:/i.test(spelling.trim());
  const drive = /^(?:[/\\]{2}[.?][/\\])?[a-z]:(?=[/\\]|$)/i.exec(withoutScheme);
  const windows = drive !== null || /^[/\\]{2}[.?][/\\]/.test(withoutScheme) || withoutScheme.startsWith("\\");
  const device = !pipe && drive === null && /^[/\\]{2}[.?][/\\]/.test(withoutScheme);
  const rest = drive === null ? withoutScheme : withoutScheme.slice(drive[0].length);
  const segments = rest
    .split(windows ? /[/\\]+/ : /\/+/)
    .map((segment) => segment.toLowerCase())
    .filter((segment) => segment !== "" && segment !== ".");
  const stepsBack = segments.includes("..");
  // A node's /var/run is a symbolic link to /run.
  const canonical = segments[0] === "var" && segments[1] === "run" ? segments.slice(1) : segments;
  return { path: `/${canonical.join("/")}`, windows, pipe, device, stepsBack };
}

const TABLES = {
  sockets: new PlaceTree(SOCKETS),
  trees: new PlaceTree(TREES),
  windowsTrees: new PlaceTree(WINDOWS_TREES),
} as const;

/** The length of the longest path that Linux takes. */
const MAX_PATH = 4096;
const TOO_LONG: PathVerdict = { kind: "steps", what: "longer than any path, so that it can end anywhere" };

/** Judges a path on a node; undefined when it is none of the places that the tables name. */
export function judgePath(spelling: string): PathVerdict | undefined {
  if (spelling.length > MAX_PATH) return TOO_LONG;
  const { path, windows, pipe, device, stepsBack } = normalise(spelling);
  if (stepsBack) return { kind: "steps", what: "a path that steps back with .., so that it can end anywhere" };
  if (device) return { kind: "tree", what: "a device of the node, which can be one of its disks" };
  if (pipe) return { kind: "socket", what: "a named pipe of the node" };
  if (path === "/") return { kind: "socket", what: "the whole node, with every runtime's socket" };
  const segments = path.split("/");
  if (windows) {
    const tree = TABLES.windowsTrees.near(segments);
    if (tree !== undefined) return { kind: "tree", what: tree.what };
  }
  const socket = TABLES.sockets.near(segments);
  if (socket !== undefined) return { kind: "socket", what: describe(path, socket) };
  if (/\.sock(et)?$/.test(path)) return { kind: "socket", what: "a socket of the node" };
  const tree = TABLES.trees.near(segments);
  return tree === undefined ? undefined : { kind: "tree", what: describe(path, tree) };
}

/** File names that only sockets of container runtimes have. */
const RUNTIME_SOCKET =
  /^(docker|containerd|docker-containerd|crio|podman|buildkitd|cri-dockerd|dockershim|nri|balena-engine)\.sock$/;
const RUNTIME_PIPE = /docker|containerd|podman|cri-/i;

/** Whether a path that may be meant inside a container is a runtime's own socket or pipe, whatever steps lead to it. */
export function isRuntimeSocket(spelling: string): boolean {
  // Most texts in a chart's values are asked about this.
  if (spelling.length > MAX_PATH || !/sock|pipe|private/i.test(spelling)) return false;
  const { path, pipe } = normalise(spelling);
  if (pipe) return RUNTIME_PIPE.test(path);
  const steps: string[] = [];
  for (const segment of path.split("/").slice(1)) {
    if (segment === "..") steps.pop();
    else steps.push(segment);
  }
  const resolved = normalise(`/${steps.join("/")}`).path.split("/");
  return RUNTIME_SOCKET.test(steps.at(-1) ?? "") || TABLES.sockets.has(resolved);
}

function describe(path: string, place: NodePlace): string {
  return path.split("/").length < place.path.split("/").length
    ? `a parent of ${place.path}, ${place.what}`
    : place.what;
}
