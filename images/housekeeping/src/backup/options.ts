import { z } from "zod";

import { ConfigError } from "../config";
import { NAME } from "./manifest";
import { Storage, type StorageOptions } from "./storage";
import { MetadataToken } from "./token";

type Env = Readonly<Record<string, string | undefined>>;

const seconds = z.coerce.number().positive();
const bucket = {
  BACKUP_BUCKET: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/, "the name of a bucket"),
  BACKUP_PREFIX: z
    .string()
    .regex(/^([\w.-]+\/)*$/, "empty, or ends in a slash")
    .default(""),
  STORAGE_URL: z.url().default("https://storage.googleapis.com"),
  METADATA_URL: z.url().default("http://metadata.google.internal"),
  REQUEST_TIMEOUT_SECONDS: seconds.default(60),
};

const upload = z.object({
  ...bucket,
  BACKUP_FOLDER: z.string().startsWith("/").default("/godata/artifacts/serverBackups"),
  KEEP_LOCAL: z.coerce.number().int().positive().default(1),
  INTERVAL_SECONDS: seconds.default(30),
  PORT: z.coerce.number().int().nonnegative().default(8081),
});

const restore = z.object({
  ...bucket,
  RESTORE_NAME: z.string().regex(NAME, "the name of a backup, such as backup_20260101-020000"),
  DATA_FOLDER: z.string().startsWith("/").default("/godata"),
  SEED_FOLDER: z.string().startsWith("/").default("/etc/gocd-server"),
  OTHER_SERVER: z.enum(["replace-keys", "adopt-keys"]).optional(),
  GOCD_VERSION: z.string().regex(/^\d+\.\d+\.\d+$/, "a version, such as 26.1.0"),
});

/** @throws ConfigError with all problems at once. */
export const uploadOptions = (env: Env): z.output<typeof upload> => parse(upload, env);
/** @throws ConfigError with all problems at once. */
export const restoreOptions = (env: Env): z.output<typeof restore> => parse(restore, env);

/** 8 MiB at a time; five tries over half a minute, after which the next look, or the next start of the pod, tries again. */
const UPLOAD_RETRY = { chunk: 8 * 1024 * 1024, tries: 5, pause: 1_000 };

export function storageOf(
  options: z.output<typeof restore> | z.output<typeof upload>,
  stop: AbortSignal,
  retry: Pick<StorageOptions, "chunk" | "tries" | "pause"> = UPLOAD_RETRY,
): Storage {
  const token = new MetadataToken(options.METADATA_URL, Date.now);
  const { STORAGE_URL: url, BACKUP_BUCKET: name, REQUEST_TIMEOUT_SECONDS: timeoutSeconds } = options;
  return new Storage({ ...retry, url, bucket: name, token, timeoutSeconds, stop });
}

function parse<T extends z.ZodType>(schema: T, env: Env): z.output<T> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
}
