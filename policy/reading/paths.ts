import { type NodePlace, SOCKETS, TREES, WINDOWS_TREES } from "../tables/paths";
import { PlaceTree } from "./place-tree";

/** What is wrong with a path on a node. */
export interface PathVerdict {
  /** `socket`: a runtime's socket or a parent of one; `tree`: another place that gives the node away; `steps`: `..`. */
  readonly kind: "socket" | "tree" | "steps";
  readonly what: string;
}

/** A path in the one spelling that the tables use, and what kind of path it is. */
interface Normalised {
  /** The whole path in lower case, with a slash before and after it. */
  readonly whole: string;
  /** Its first segments, as many as a place of the tables can have, after an empty one. */
  readonly segments: readonly string[];
  readonly windows: boolean;
  readonly pipe: boolean;
  readonly device: boolean;
}

/** A path as most are written, in the one spelling already but for `/var/run`. */
const PLAIN = /^(?:\/(?!\.)[a-z0-9_.-]+)+$/;
/** More segments than any place of the tables has: what comes after them is not taken apart, since paths can be long. */
const MAX_SEGMENTS = 32;
/** A segment with what stands before it and means nothing. */
const STEP = /\/(?:\.?\/)*([^/]*)/y;

/** Brings every spelling of a path to one: no scheme, drive, doubled or trailing slashes or `.`; lower case; `/run`. */
function normalise(spelling: string): Normalised {
  if (PLAIN.test(spelling)) {
    const segments = canonical(spelling.split("/", MAX_SEGMENTS));
    return { whole: `${spelling}/`, segments, windows: false, pipe: false, device: false };
  }
  const withoutScheme = spelling.trim().replace(/^(?:unix|file|npipe):(?=[/\\])(?:\/\/(?=[/\\]))?/i, "");
  const pipe = /^[/\\]{2,4}[.?][/\\]+pipe(?:[/\\]|$)/i.test(withoutScheme) || /^npipe:/i.test(spelling.trim());
  const drive = /^(?:[/\\]{2}[.?][/\\])?[a-z]:(?=[/\\]|$)/i.exec(withoutScheme);
  const windows = drive !== null || /^[/\\]{2}[.?][/\\]/.test(withoutScheme) || withoutScheme.startsWith("\\");
  const device = !pipe && drive === null && /^[/\\]{2}[.?][/\\]/.test(withoutScheme);
  const rest = drive === null ? withoutScheme : withoutScheme.slice(drive[0].length);
  const whole = `/${windows ? rest.replaceAll("\\", "/") : rest}/`.toLowerCase();
  const segments = [""];
  STEP.lastIndex = 0;
  while (segments.length < MAX_SEGMENTS) {
    const segment = STEP.exec(whole)?.[1] ?? "";
    if (segment === "") break;
    segments.push(segment);
  }
  return { whole, segments: canonical(segments), windows, pipe, device };
}

/** A node's /var/run is a symbolic link to /run. */
function canonical(segments: readonly string[]): readonly string[] {
  return segments[1] === "var" && segments[2] === "run" ? ["", ...segments.slice(2)] : segments;
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
  const { whole, segments, windows, pipe, device } = normalise(spelling);
  if (whole.includes("/../"))
    return { kind: "steps", what: "a path that steps back with .., so that it can end anywhere" };
  if (device) return { kind: "tree", what: "a device of the node, which can be one of its disks" };
  if (pipe) return { kind: "socket", what: "a named pipe of the node" };
  if (segments.length === 1) return { kind: "socket", what: "the whole node, with every runtime's socket" };
  if (windows) {
    const tree = TABLES.windowsTrees.near(segments);
    if (tree !== undefined) return { kind: "tree", what: tree.what };
  }
  const socket = TABLES.sockets.near(segments);
  if (socket !== undefined) return { kind: "socket", what: describe(segments, socket) };
  if (/\.sock(?:et)?(?:\/\.?)+$/.test(whole)) return { kind: "socket", what: "a socket of the node" };
  const tree = TABLES.trees.near(segments);
  return tree === undefined ? undefined : { kind: "tree", what: describe(segments, tree) };
}

/** File names that only sockets of container runtimes have. */
const RUNTIME_SOCKET =
  /^(docker|containerd|docker-containerd|crio|podman|buildkitd|cri-dockerd|dockershim|nri|balena-engine)\.sock$/;
const RUNTIME_PIPE = /docker|containerd|podman|cri-/i;

/** Whether a path that may be meant inside a container is a runtime's own socket or pipe, whatever steps lead to it. */
export function isRuntimeSocket(spelling: string): boolean {
  // Most texts in a chart's values are asked about this.
  if (spelling.length > MAX_PATH || !/sock|pipe|private/i.test(spelling)) return false;
  const { whole, pipe } = normalise(spelling);
  if (pipe) return RUNTIME_PIPE.test(whole);
  const steps: string[] = [];
  for (const segment of whole.split("/")) {
    if (segment === "..") steps.pop();
    else if (segment !== "" && segment !== ".") steps.push(segment);
  }
  return RUNTIME_SOCKET.test(steps.at(-1) ?? "") || TABLES.sockets.has(canonical(["", ...steps]));
}

function describe(segments: readonly string[], place: NodePlace): string {
  return segments.length < place.path.split("/").length ? `a parent of ${place.path}, ${place.what}` : place.what;
}
