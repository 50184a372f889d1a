import { parseAllDocuments, parseDocument } from "yaml";
import { isNriList } from "../../tables/operators";
import { isRecord, list } from "../values";
import { areOptions, askedBy, isEngine, options, type Asked } from "./container-commands";
import type { Budget } from "./budget";
import { readCode } from "./code";
import { decodedText, MAX_TEXT_LENGTH } from "./encodings";
import { filled, hasHoles } from "./holes";
import { readScript } from "./shell";
import { readUnit } from "./unit";

/** What a text holds. */
export interface Reading {
  /** Manifests, values and definitions of containers. */
  readonly documents: readonly Asked[];
  /** What its commands ask for, where they run. */
  readonly commands: readonly Asked[];
  /** Whether the documents are for a machine itself: cloud-init, Ignition. */
  readonly onMachine?: boolean;
  /** What keeps the documents from being all that the text says. */
  readonly why?: string | undefined;
}

const NOTHING: Reading = { documents: [], commands: [] };
export const TOO_LONG = "text too long for a manifest";
const INVALID = "text that is not valid YAML";

/** Words of which one stands in every text that can hold something to judge; a text without them is not parsed. */
const WORDS =
  /(?:^|[\s{,"'[(-])["']?(?:kind|op|type|source|path|paths|host_?[pP]ath|sourcePath|containers|volumes|privileged|host(?:Network|PID|IPC)|host|cap_?[aA]dd|security_opt|network_mode|pid|ipc|devices|binds|volumes_from|exposeDockerSocket|containerRuntimeExecutor|runcmd|bootcmd|write_files|services|runners)["']?\s*[:=]|^#cloud-config|\b(?:args|inside|withRun)[ \t]*[(:]?[ \t]*["']-/m;
/** A text in which the words above may be spelled in another way. */
const HIDES_WORDS = /^\s*[[{]|\\[xuU][0-9a-fA-F]{2}/;
const COMMANDS =
  /(?:^|[\s"'`/\\;&|(=-])(?:docker|podman|nerdctl|ctr|docker-compose|kubectl|oc|helm|curl|socat)(?:\.exe)?["',]*\s/;
const HEREDOC = /<<-?\s*["']?\w/;
/** A hole that stands without quotes: where YAML reads it as something, it is not what will stand there. */
const BARE_HOLE = /(?:^|[\s:[{,])(?:\{\{|\{%|<%)/m;
const UNIT = /^[ \t]*\[(?:Unit|Service|Container|Install)\][ \t]*$/m;
const TOML = /^[ \t]*\[{1,2}[\w."'-]+\]{1,2}[ \t]*(?:#.*)?$/m;
const CODE = /(?:[\w")][ \t]*[({])/;
const MANIFEST = /^\s*(?:apiVersion|kind)\s*:/m;
export const LOOKS_DANGEROUS =
  /\b(?:hostPath|host_path|hostPathVolume|privileged|hostNetwork|hostPID|hostIPC|hostProcess)\b|docker_engine|\b(?:docker|containerd|crio|cri-o|podman|buildkitd|cri-dockerd|dockershim|nri|balena-engine|kubelet)\.sock\b/;

/** Whether a text is worth a look: most texts of a resource are names, and this is asked of each. */
export function mayHoldSomething(text: string): boolean {
  return text.length >= 10 && (/[\s:/=]|^--privileged$/.test(text) || /^[\w+-]{24,}$/.test(text.slice(0, 64)));
}

/** Everything that a text holds, in any of the languages that are read here. Never throws. */
export function readText(body: string, key: string, budget: Budget): Reading {
  if (!budget.takesOne()) return { ...NOTHING, why: TOO_LONG };
  const { text, why } = decodedText(body, budget.inflation);
  if (why !== undefined) return { ...NOTHING, why };
  if (/daemon\.json$/.test(key) || isNriList(key)) return readDocuments(text, budget);
  if (isOptionsKey(key) && areOptions(text) && budget.allows(text, "script"))
    return { ...NOTHING, documents: [options(readScript(text).commands.flat(), 0).object] };
  const hasWords = WORDS.test(text) || HIDES_WORDS.test(text);
  const hasCommands = COMMANDS.test(text) || HEREDOC.test(text);
  if (!hasWords && !hasCommands && !UNIT.test(text)) return NOTHING;
  if (!budget.allows(text, "other")) return { ...NOTHING, why: TOO_LONG };
  if (UNIT.test(text))
    return budget.allows(text, "script") ? { ...NOTHING, documents: readUnit(text) } : { ...NOTHING, why: TOO_LONG };
  const documents = hasWords ? readDocuments(text, budget) : NOTHING;
  const onMachine = text.startsWith("#cloud-config") || documents.documents.some((document) => "ignition" in document);
  if (documents.why === undefined && documents.documents.length > 0) return { ...documents, onMachine };
  // In another language, then; what YAML made of it counts besides.
  const isCode = hasWords && CODE.test(text) && !MANIFEST.test(text) && budget.allows(text, "code");
  const code = isCode ? readCode(text) : {};
  const script = hasCommands ? readCommands(text, budget) : NOTHING;
  const others = Object.keys(code).length > 0 ? [code, ...script.documents] : script.documents;
  const isRead = others.length > 0 || script.commands.length > 0;
  return {
    documents: [...documents.documents, ...others],
    commands: script.commands,
    onMachine,
    why: script.why ?? (isRead ? undefined : documents.why),
  };
}

/** Properties whose text is options for a program that runs containers; a list under another name has a colon there. */
const OPTIONS_KEY =
  /^(args|inside|withRun|options|(docker|podman|container)_?(run)?_?(args|opts|options)|(run|extra)_?args?)$/i;

export function isOptionsKey(key: string): boolean {
  return OPTIONS_KEY.test(key);
}

/** A list of words that is a command, as in `["docker", "run", …]`, or options of one. */
export function readWords(words: readonly unknown[], mayBeOptions: boolean): readonly Asked[] {
  const texts = words.filter((word) => typeof word === "string");
  if (texts.some((word) => isEngine(word))) return askedBy(texts);
  return mayBeOptions && areOptions(texts.join(" ")) ? [options(texts, 0).object] : [];
}

/** Whether a command is, or holds, one that is looked at. */
function mayMatter(words: readonly string[]): boolean {
  return words.some(
    (word) =>
      isEngine(word) ||
      ENCODED.test(word) ||
      /(kubectl|oc|helm|helmfile|k3s|microk8s|curl|wget|socat|nc|ncat)$|[\s{[]/.test(word),
  );
}

/** A word that another program decodes: `echo … | base64 -d | kubectl apply -f -`. */
const ENCODED = /^[\w+/]{40,}={0,2}$/;

/** Scripts inside scripts: `ssh host 'sh -c "docker run …"'`. */
const MAX_SCRIPT_DEPTH = 4;

function readCommands(text: string, budget: Budget, depth = 0): Reading {
  if (depth === 0 && !budget.allows(text, "script")) return { ...NOTHING, why: TOO_LONG };
  const { commands, heredocs } = readScript(text);
  const found: Asked[] = [];
  const documents: Asked[] = [];
  let why: string | undefined;
  const inner = (body: string) => {
    const isScript = COMMANDS.test(body) || HEREDOC.test(body);
    if (isScript && depth < MAX_SCRIPT_DEPTH) {
      const read = readCommands(body, budget, depth + 1);
      found.push(...read.commands);
      documents.push(...read.documents);
    } else if (WORDS.test(body) || HIDES_WORDS.test(body)) {
      const read = readDocuments(body, budget);
      documents.push(...read.documents);
      why ??= LOOKS_DANGEROUS.test(body) ? read.why : undefined;
    }
  };
  const looked = budget.first(commands.filter(mayMatter));
  if (budget.isSpent) why = TOO_LONG;
  for (const words of looked) {
    found.push(...askedBy(words).filter((asked) => Object.keys(asked).length > 0));
    for (const word of words) {
      if (ENCODED.test(word)) inner(decodedText(word, budget.inflation).text);
      else if (/\s|[{[]/.test(word) && word.length >= 10) inner(word.replace(/^--?[\w-]+=/, ""));
    }
  }
  for (const body of budget.first(heredocs)) inner(body);
  return { documents, commands: found, why };
}

function readDocuments(text: string, budget: Budget): Reading {
  const json = readJson(text);
  if (json !== undefined) return { ...NOTHING, documents: json.flatMap(asObject) };
  const toml = TOML.test(text) && budget.allows(text, "toml") ? readToml(text) : undefined;
  if (toml !== undefined) return { ...NOTHING, documents: [toml] };
  if (!budget.allows(text, "yaml")) return readDangerous(text, budget);
  const isTemplate = BARE_HOLE.test(text);
  const whole = readYaml(isTemplate ? filled(text) : text);
  if (whole !== undefined) {
    const why = isTemplate || whole.some((document) => typeof document === "string") ? INVALID : undefined;
    return { ...NOTHING, documents: whole.flatMap(asObject), why };
  }
  // What can be read counts, whatever stands beside it.
  const parts = partsOf(text).filter((part) => budget.allows(part, "salvage"));
  return { ...NOTHING, documents: parts.flatMap((part) => salvaged(part).flatMap(asObject)), why: INVALID };
}

/** The documents of a text that is too long, as far as they hold words that matter. */
function readDangerous(text: string, budget: Budget): Reading {
  if (text.length > MAX_TEXT_LENGTH || !LOOKS_DANGEROUS.test(text)) return { ...NOTHING, why: TOO_LONG };
  const parts = partsOf(text).filter((part) => LOOKS_DANGEROUS.test(part) && !DEFINITION.test(part));
  const read = parts.filter((part) => budget.allows(part, "yaml"));
  return { ...NOTHING, documents: read.flatMap((part) => salvaged(part).flatMap(asObject)), why: TOO_LONG };
}

/** The definition of a custom resource names every field of a pod, and is the longest document there is. */
const DEFINITION = /^kind:\s*["']?CustomResourceDefinition\b/m;
/** Documents that are looked at one by one; each costs something, however short it is. */
const MAX_PARTS = 500;

function partsOf(text: string): readonly string[] {
  return text
    .split(/^---.*$/m)
    .filter((part) => part.trim() !== "")
    .slice(0, MAX_PARTS);
}

/** What JSON begins with, and TOML does not: to have a text refused by a parser costs more than to read a short one. */
const JSON_START = /^\s*[[{][\s[{]*(?:["}\]\d-]|true|false|null)/;

/** JSON, or objects of JSON one after the other. */
function readJson(text: string): readonly unknown[] | undefined {
  if (!JSON_START.test(text)) return undefined;
  try {
    return [JSON.parse(text) as unknown];
  } catch {
    try {
      return sequence(text).map((object) => JSON.parse(object) as unknown);
    } catch {
      return undefined;
    }
  }
}

const JSON_TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/gs;

/** A text cut after each object or list that stands in no other. */
function sequence(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(JSON_TOKEN)) {
    if (token === "{" || token === "[") depth += 1;
    else if ((token === "}" || token === "]") && --depth === 0) {
      parts.push(text.slice(start, index + 1));
      start = index + 1;
    }
  }
  const rest = text.slice(start);
  return rest.trim() === "" ? parts : [...parts, rest];
}

/** Loaded when it is needed first: few programs have TOML in them, and a pack must start fast. */
function parseToml(text: string): Asked {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- its types are those of an ES module
  return (require("smol-toml") as { readonly parse: (text: string) => Asked }).parse(text);
}

function readToml(text: string): Asked | undefined {
  for (const spelling of hasHoles(text) ? [text, filled(text)] : [text]) {
    try {
      return parseToml(spelling);
    } catch {
      // With holes filled, then, or it is YAML.
    }
  }
  return undefined;
}

const YAML_OPTIONS = { logLevel: "silent", uniqueKeys: false, merge: true } as const;

function readYaml(text: string): readonly unknown[] | undefined {
  try {
    const documents = list(parseAllDocuments(text, YAML_OPTIONS)) as readonly ReturnType<typeof parseDocument>[];
    return documents.some(({ errors }) => errors.length > 0)
      ? undefined
      : documents.map((document) => document.toJS() as unknown);
  } catch {
    return undefined;
  }
}

/** What can be read of a document that is broken: with its holes filled, or as far as the parser comes. */
function salvaged(part: string): readonly unknown[] {
  const clean = hasHoles(part) ? filled(part) : part;
  const whole = readYaml(clean);
  if (whole !== undefined) return whole;
  try {
    return [parseDocument(clean, YAML_OPTIONS).toJS() as unknown];
  } catch {
    return [];
  }
}

function asObject(document: unknown): readonly Asked[] {
  if (Array.isArray(document)) return [{ items: document }];
  return isRecord(document) ? [document] : [];
}
