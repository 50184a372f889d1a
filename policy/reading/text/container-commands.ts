import { objectAt } from "../assignments";

/** Objects that stand for what a command asks for, in the words of a container's definition. */
export type Asked = Readonly<Record<string, unknown>>;

const ENGINES = /(^|[/\\])(docker|podman|nerdctl|ctr|finch|lima|docker-compose|podman-compose)(\.exe)?$/i;
const CLIENTS = /(^|[/\\])(kubectl|oc|helm|helmfile|k3s|microk8s)(\.exe)?$/i;
const SUBCOMMANDS: ReadonlySet<string> = new Set(["run", "create", "exec"]);

/** Options of `docker run` and its like that take no value. */
const SWITCHES =
  /^(-[dirtqPz]+|--(detach|interactive|tty|rm|init|read-only|publish-all|privileged|no-healthcheck|oom-kill-disable|quiet|sig-proxy|replace|rmi|net-host|no-hosts|null-io|all|help|disable-content-trust|tls-verify|env-host|rootfs|foreground))$/;

/** Which property of a container an option sets. */
const LISTS: Readonly<Record<string, string>> = {
  "-v": "volumes",
  "--volume": "volumes",
  "--cap-add": "capAdd",
  "--security-opt": "securityOpts",
  "--volumes-from": "volumesFrom",
};
const TEXTS: Readonly<Record<string, string>> = {
  "--network": "networkMode",
  "--net": "networkMode",
  "--pid": "pidMode",
  "--ipc": "ipcMode",
  "--uts": "utsMode",
  "--userns": "usernsMode",
  "--cgroupns": "cgroupnsMode",
  "--workdir": "workingDir",
  "-w": "workingDir",
};

/** Words between a program and what it is to do: `docker --context x container run`. */
const MAX_GLOBAL_WORDS = 16;
/** Containers of one command line. */
const MAX_ASKED = 64;

/** Whether a word is a program that runs containers. */
export function isEngine(word: string): boolean {
  return ENGINES.test(word);
}

/** Whether words are options of such a program, without its name: `args '-v /a:/b'`, `options: --privileged`. */
export function areOptions(text: string): boolean {
  return (
    /^\s*-/.test(text) &&
    /(^|\s)(-[a-z]*v|--(volume|mount|device|privileged|pid|ipc|userns|cap-add|volumes-from|security-opt))\b/.test(text)
  );
}

/** What a command asks for, as far as it concerns the machine on which its containers run. */
export function askedBy(words: readonly string[]): readonly Asked[] {
  const asked: Asked[] = [];
  // What such a client is told is all the words after it, whatever else they say.
  let isToldCluster = false;
  let isToldSockets = false;
  for (let i = 0; i < words.length && asked.length < MAX_ASKED; i++) {
    const word = words[i] ?? "";
    if (ENGINES.test(word)) {
      const start = words.slice(i + 1, i + 1 + MAX_GLOBAL_WORDS).findIndex((each) => SUBCOMMANDS.has(each)) + i + 1;
      if (start === i) continue;
      const { object, next } = options(words, start + 1);
      asked.push(object);
      i = next - 1;
    } else if (!isToldCluster && CLIENTS.test(word)) {
      isToldCluster = true;
      asked.push(...askedOfCluster(words.slice(i + 1)));
    } else if (!isToldSockets && /(^|\/)(curl|wget|socat|nc|ncat)$/.test(word)) {
      isToldSockets = true;
      asked.push({ clientSockets: socketsOf(words.slice(i + 1)) });
    }
  }
  return asked;
}

/** The options from `start` on up to the image, and the place of what comes after them. */
export function options(words: readonly string[], start: number): { readonly object: Asked; readonly next: number } {
  const object: Record<string, unknown> = {};
  const lists = new Map<string, unknown[]>();
  const add = (key: string, value: unknown) => {
    const known = lists.get(key);
    if (known !== undefined) known.push(value);
    else lists.set(key, [value]);
  };
  let at = start;
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-") || word === "--") break;
    const { name, value, used } = option(word, words[at + 1]);
    at += used;
    if (name === "--privileged") object["privileged"] = value ?? "true";
    else if (name === "--net-host") object["networkMode"] = "host";
    else if (name === "--device" && value !== undefined) add("devices", { hostPath: value.split(":")[0] });
    else if (name === "--mount" && value !== undefined) add("mounts", mount(value));
    else if (LISTS[name] !== undefined && value !== undefined) add(LISTS[name], value);
    else if (TEXTS[name] !== undefined && value !== undefined) object[TEXTS[name]] = value;
  }
  return { object: Object.assign(object, Object.fromEntries(lists)), next: at + 1 };
}

/** An option with its value, which stands in the same word or in the next. */
function option(word: string, next: string | undefined) {
  const [, long, given] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  if (long !== undefined) return { name: long, value: given, used: 0 };
  const hasNext = next !== undefined && !next.startsWith("-");
  if (word.startsWith("--")) {
    const takesValue = hasNext && !SWITCHES.test(word);
    return { name: word, value: takesValue ? next : undefined, used: takesValue ? 1 : 0 };
  }
  // Short options in one word: the last one may take a value, `-itv /a:/b` or `-v/a:/b`.
  const [, glued] = /^-[a-z]*?v[=]?((?:[a-z]:)?[/\\.$].*)$/is.exec(word) ?? [];
  if (glued !== undefined) return { name: "-v", value: glued, used: 0 };
  const name = `-${word.slice(-1)}`;
  const takesValue = hasNext && !SWITCHES.test(word);
  return { name, value: takesValue ? next : undefined, used: takesValue ? 1 : 0 };
}

/** `type=bind,source=/a,target=/b` as an object. */
function mount(value: string): Asked {
  const fields = new Map(value.split(",").map((field) => [field.replace(/=.*$/s, ""), field.replace(/^[^=]*=?/s, "")]));
  const source = fields.get("source") ?? fields.get("src");
  return { type: fields.get("type") ?? (source?.startsWith("/") === true ? "bind" : "volume"), source };
}

/** What a client of a cluster is told outside of manifests: values of a chart, a privileged pod, a node's debugger. */
function askedOfCluster(words: readonly string[]): readonly Asked[] {
  const asked: Asked[] = [];
  words.forEach((word, at) => {
    const [, given] = /^--set(?:-string|-json|-file|-literal)?(?:=(.*))?$/s.exec(word) ?? [];
    if (word.startsWith("--set")) {
      for (const pair of (given ?? words[at + 1] ?? "").split(/(?<!\\),/)) {
        const [, path = "", value = ""] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
        if (path !== "") asked.push({ values: objectAt(path, value) });
      }
    }
    if (/^--privileged(=true)?$/.test(word)) asked.push({ privileged: true });
    // It mounts the node's root and joins its namespaces.
    if (word === "debug" && words.some((each) => /^nodes?\//.test(each)))
      asked.push({ hostPID: true, hostNetwork: true, hostPath: "/" });
  });
  return asked;
}

/** The sockets that a client of HTTP or of sockets talks to. */
function socketsOf(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => /(?:^|[=:,])((?:unix:)?\/[^\s,:]+\.sock)\b/.exec(word)?.[1] ?? []);
}
