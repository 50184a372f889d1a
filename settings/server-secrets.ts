import { z } from "zod";
import { problem, type HasProblem, type Problem } from "./problems";
import type { Backup } from "./backup";
import { among } from "./people";
import type { Server } from "./server";
import type { Settings } from "./types";
import { join } from "./validate";

const KEY = "gocd:serverSecrets";
/** bcrypt ignores what comes after. */
const LONGEST_BYTES = 72;

/** Parts of gocd:server that have secrets. */
const PARTS = ["users", "authorization", "configRepos", "secretConfigs"] as const;

const texts = z.record(z.string(), z.string());
const shape = z.strictObject({
  /** Passwords, or bcrypt hashes of them. */
  users: texts.default({}),
  /** Properties by the names of log-ins. */
  authorization: z.record(z.string(), texts).default({}),
  /** Passwords of repositories. */
  configRepos: texts.default({}),
  /** Properties by the names of secret managers. */
  secretConfigs: z.record(z.string(), texts).default({}),
  /** Of another server, to go on with its agents and webhooks. */
  keys: z
    .strictObject({
      serverId: z.string(),
      tokenGenerationKey: z.string(),
      webhookSecret: z.string(),
      autoRegisterKey: z.string(),
    })
    .partial()
    .default({}),
});

/** What `gocd:server` keeps secret, in the same places. */
export type ServerSecrets = z.output<typeof shape>;

/** @throws if it is not of that form; {@link serverSecretProblems} has said so before. */
export const serverSecretsOf = (value: unknown): ServerSecrets => shape.parse(value);

/** How a secret is given, for messages. */
const howTo = (place: string): string => `pulumi config set --secret --path ${KEY}.${place}`;

/** What is wrong with the names in the secret, and with lengths. No problem quotes a value. */
export function serverSecretProblems(
  text: string | undefined,
  { server, backup }: Pick<Settings, "server" | "backup">,
  hasProblem: HasProblem,
): Problem[] {
  const parsed = shape.safeParse(valueOf(text));
  if (!parsed.success)
    return parsed.error.issues.map((issue) => ({
      key: join(KEY, issue.path),
      found: issue.code === "unrecognized_keys" ? `${issue.keys.join(", ")}, which nothing reads` : "something else",
      wanted: `a map with users, authorization, configRepos, secretConfigs, as in gocd:server, and keys; one value at a time: ${howTo("users.NAME")}`,
    }));
  const secrets = parsed.data;
  if (hasProblem("gocd:server")) return [];
  return [
    ...keyProblems(secrets, backup),
    ...PARTS.flatMap((part) => unknownProblems(part, Object.keys(secrets[part]), Object.keys(server[part]))),
    ...passwordProblems(secrets, server),
    ...twiceProblems("authorization", secrets.authorization, server.authorization),
    ...twiceProblems("secretConfigs", secrets.secretConfigs, server.secretConfigs),
    ...repositoryProblems(secrets, server),
  ];
}

/** Keys of another server that cannot be, and those that are to be adopted and are not there. */
function keyProblems({ keys }: ServerSecrets, { otherServer }: Backup): Problem[] {
  const place = "keys.tokenGenerationKey";
  const missing = otherServer === "adopt-keys" && keys.tokenGenerationKey === undefined;
  return [
    ...(missing ? [problem(`${KEY}.${place}`, undefined, `the key to adopt: ${howTo(place)}`)] : []),
    ...Object.entries(keys)
      .filter(([, key]) => !/^[\w-]+$/.test(String(key)))
      .map(([name]) => ({ key: `${KEY}.keys.${name}`, found: "something else", wanted: "letters, digits, _ and -" })),
  ];
}

function unknownProblems(part: (typeof PARTS)[number], found: readonly string[], known: readonly string[]): Problem[] {
  return found
    .filter((name) => !known.includes(name))
    .map((name) => ({
      key: join(KEY, [part, name]),
      found: "a secret that nothing needs",
      wanted: among(name, known, `gocd:server.${part}`),
    }));
}

function passwordProblems({ users }: ServerSecrets, server: Server): Problem[] {
  const elsewhere = Object.keys(server.authorization).length > 0;
  return Object.keys(server.users).flatMap((name) => {
    const password = users[name];
    const key = join(KEY, ["users", name]);
    if (password === undefined) {
      const wanted = `a password, or the bcrypt hash of one (${howTo(`users.${name}`)}), since there is no gocd:server.authorization`;
      return elsewhere ? [] : [{ key, found: "nothing", wanted }];
    }
    const length = Buffer.byteLength(password);
    return length > 0 && length <= LONGEST_BYTES
      ? []
      : [{ key, found: `a password of ${length} bytes`, wanted: `1 to ${LONGEST_BYTES}, which is what bcrypt holds` }];
  });
}

/** A property is plain or secret, never both. */
function twiceProblems(
  part: "authorization" | "secretConfigs",
  secrets: ServerSecrets["authorization"],
  plain: Server["authorization"] | Server["secretConfigs"],
): Problem[] {
  return Object.entries(secrets).flatMap(([name, values]) =>
    Object.keys(values)
      .filter((property) => property in (plain[name]?.properties ?? {}))
      .map((property) => ({
        key: join(`gocd:server.${part}`, [name, "properties", property]),
        found: "a property that is a secret as well",
        wanted: `one of them: here, or in ${KEY}.${part}`,
      })),
  );
}

function repositoryProblems({ configRepos }: ServerSecrets, server: Server): Problem[] {
  return Object.entries(server.configRepos)
    .filter(([name, { username }]) => (username === undefined) !== (configRepos[name] === undefined))
    .map(([name, { username }]) =>
      username === undefined
        ? problem(join("gocd:server.configRepos", [name, "username"]), undefined, "whose password it is")
        : problem(join(KEY, ["configRepos", name]), undefined, `a password: ${howTo(`configRepos.${name}`)}`),
    );
}

function valueOf(text: string | undefined): unknown {
  if (text === undefined || text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
