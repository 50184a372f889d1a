import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LineCounter, parseDocument, visit, type Document, type ScalarTag, type YAMLParseError } from "yaml";

/** One thing that is wrong with a stack's configuration. */
export interface Problem {
  /** The key, with the path inside it. */
  readonly key: string;
  readonly found: string;
  readonly wanted: string;
}

/** A file without which there is nothing to run. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";

  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
  ) {
    super(problemText(file, problems));
  }
}

/** Problems as people read them. */
export function problemText(file: string, problems: readonly Problem[]): string {
  return [`${file}:`, ...problems.map((p) => `  ${p.key}\n    found   ${p.found}\n    wanted  ${p.wanted}`)].join("\n");
}

/** A project and the configuration of one of its stacks, as the CLI hands them to the program. */
export interface Project {
  readonly name: string;
  readonly stack: string;
  /** Name of the stack's file, for messages. */
  readonly file: string;
  /** Values by `namespace:key`; structured ones as JSON, which is how the CLI passes them. */
  readonly config: Readonly<Record<string, string>>;
  /** Keys of {@link config} whose values are secret. */
  readonly secretKeys: readonly string[];
  /** What the CLI would refuse before it starts the program, which may have more to say. */
  readonly problems: readonly Problem[];
  /** What people should know of the configuration besides. */
  readonly note?: string;
}

/** What stands for a value that only the stack's key can decrypt. */
export function secretPlaceholder(key: string): string {
  return `offline-placeholder-for-${key.replace(/[^A-Za-z0-9]+/g, "-")}`;
}

/** Pulumi reads YAML as Go's yaml.v3 does, to which 010 is 8, 1_000 is 1000 and 0b11 is 3. */
const GO_INTEGER: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+]?(0b[01_]+|0[0-7_]+|[1-9][0-9_]*)$/,
  resolve: (text) => {
    const plain = text.replaceAll("_", "");
    const size = Number(plain.replace(/^[-+]/, "").replace(/^0(?=\d)/, "0o"));
    return plain.startsWith("-") ? -size : size;
  },
};

/** What a stack's file can hold beside its configuration (`ProjectStack` in Pulumi's workspace package). */
const STACK_KEYS = ["config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"];

interface Value {
  readonly text: string;
  readonly secret: boolean;
}

/**
 * Reads `Pulumi.yaml` and the stack's file beside it, and merges them as the CLI does: a value of the stack wins over
 * a default of the project.
 *
 * @param directory the project's directory
 * @param file the stack's file; the default is `Pulumi.<stack>.yaml` in the directory
 * @throws {ConfigurationError} when a file is missing, or it or its configuration is no YAML map
 */
export function readProject(directory: string, stack: string, file = join(directory, `Pulumi.${stack}.yaml`)): Project {
  const project = readMap(join(directory, "Pulumi.yaml"), "the project's file");
  const { name } = project;
  if (typeof name !== "string" || name === "")
    throw new ConfigurationError("Pulumi.yaml", [{ key: "name", found: "nothing", wanted: "the project's name" }]);
  const stackFile = basename(file);
  const settings = readMap(file, `the settings of stack "${stack}"; another stack is chosen with --stack NAME`);
  const values = new Map(
    Object.entries(configMap(settings, stackFile)).map(([key, value]) => [
      qualified(name, key),
      configValue(qualified(name, key), value),
    ]),
  );
  const problems: Problem[] = Object.keys(settings)
    .filter((key) => !STACK_KEYS.includes(key))
    .map((key) => ({ key, found: "a key that Pulumi does not read", wanted: `one of ${STACK_KEYS.join(", ")}` }));
  for (const [declared, raw] of Object.entries(configMap(project, "Pulumi.yaml"))) {
    const key = qualified(name, declared);
    const declaration = isMap(raw) ? raw : { default: raw };
    const given = values.get(key);
    const preset = declaration["default"] ?? declaration["value"];
    if (given === undefined && preset !== undefined) values.set(key, configValue(key, preset));
    if (given === undefined && preset === undefined && key.startsWith(`${name}:`)) {
      problems.push({ key, found: "nothing", wanted: "a value: Pulumi.yaml declares the key without a default" });
    }
    if (given?.secret === false && declaration["secret"] === true) {
      problems.push({ key, found: "a plain value", wanted: `an encrypted value: pulumi config set --secret ${key}` });
    }
  }
  return {
    name,
    stack,
    file: stackFile,
    config: Object.fromEntries([...values].map(([key, value]) => [key, value.text])),
    secretKeys: [...values].filter(([, value]) => value.secret).map(([key]) => key),
    problems,
    ...(settings["environment"] !== undefined && {
      note: `${stackFile} has an environment of Pulumi ESC, which the preview cannot read: what it would give is missing here`,
    }),
  };
}

function readMap(file: string, what: string): Record<string, unknown> {
  if (!existsSync(file))
    throw new ConfigurationError(basename(file), [{ key: basename(file), found: "no such file", wanted: what }]);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, "utf8"), {
    customTags: (tags) => [GO_INTEGER, ...tags],
    merge: true,
    lineCounter: lines,
  });
  const [error] = document.errors;
  const refused = (found: string) =>
    new ConfigurationError(basename(file), [{ key: basename(file), found, wanted: "a YAML map" }]);
  if (error !== undefined) throw refused(errorText(error));
  const unknown = unknownAlias(document, lines);
  if (unknown !== undefined) throw refused(unknown);
  let content: unknown;
  try {
    content = document.toJS();
  } catch (tooMany) {
    // Aliases of aliases that would not end.
    throw refused((tooMany as Error).message);
  }
  if (content === null) return {};
  if (isMap(content)) return content;
  throw refused(Array.isArray(content) ? "a list" : "a single value");
}

/** The parser's sentences that name its own functions, in other words. */
const SENTENCES: Readonly<Record<string, string>> = { MULTIPLE_DOCS: "a second document begins" };

/** Where it is comes first; the text around it, which may hold a secret, is left out. */
function errorText({ code, linePos, message }: Pick<YAMLParseError, "code" | "linePos" | "message">): string {
  const [start] = linePos ?? [];
  const reason = SENTENCES[code] ?? message.split(/ at line \d+/)[0] ?? "";
  return start === undefined ? reason : at(start, reason);
}

/** An alias whose anchor does not stand before it. */
function unknownAlias(document: Document, lines: LineCounter): string | undefined {
  let text: string | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      text = at(lines.linePos(alias.range?.[0] ?? 0), "an alias whose anchor does not stand before it");
      return visit.BREAK;
    },
  });
  return text;
}

function at({ line, col }: { readonly line: number; readonly col: number }, what: string): string {
  return `line ${String(line)}, column ${String(col)}: ${what}`;
}

function configValue(key: string, value: unknown): Value {
  if (isMap(value) && isSecure(value)) return { text: secretPlaceholder(key), secret: true };
  if (typeof value === "object" && value !== null) {
    const text = JSON.stringify(value, (_, child: unknown) =>
      isMap(child) && isSecure(child) ? secretPlaceholder(key) : child,
    );
    return { text, secret: hasSecure(value) };
  }
  // A key without a value is null in YAML and an empty string for a program.
  const text =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
  return { text, secret: false };
}

function hasSecure(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return (isMap(value) && isSecure(value)) || Object.values(value).some(hasSecure);
}

/** `secure:` with a ciphertext and nothing beside it is how Pulumi writes an encrypted value. */
function isSecure(value: Record<string, unknown>): boolean {
  return Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

function qualified(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

/** The keys of a file; none where nothing stands behind `config:`. */
function configMap({ config = {} }: Record<string, unknown>, file: string): Record<string, unknown> {
  if (config === null) return {};
  if (isMap(config)) return config;
  const found = Array.isArray(config) ? "a list" : "a single value";
  throw new ConfigurationError(file, [{ key: "config", found, wanted: "a YAML map of keys and their values" }]);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
