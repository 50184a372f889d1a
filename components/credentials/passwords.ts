import { encodeBase64, hashSync } from "bcryptjs";

/** bcrypt's cost, as the random provider uses it for the passwords it makes. */
const COST = 10;
/** bcrypt ignores what comes after. */
const LONGEST_BYTES = 72;

/** Whether somebody has hashed a password already, as `htpasswd -B` does. */
export function isHash(password: string): boolean {
  return /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(password);
}

/**
 * The bcrypt hash of a password that somebody chose. The salt is given, not made, so that the same password has the same hash
 * in every run of the program.
 *
 * @param salt 16 random bytes as base64.
 * @throws RangeError if bcrypt would cut the password off; the message does not quote it.
 */
export function bcrypt(password: string, salt: string): string {
  const length = Buffer.byteLength(password);
  if (length === 0 || length > LONGEST_BYTES) {
    throw new RangeError(`a password has ${length} bytes; 1 to ${LONGEST_BYTES} are wanted`);
  }
  return hashSync(password, `$2a$${COST}$${encodeBase64([...Buffer.from(salt, "base64")], 16)}`);
}

/** The file that GoCD's password-file plugin reads: a line for each user. */
export function passwordFile(users: readonly { readonly name: string; readonly hash: string }[]): string {
  return users.map(({ name, hash }) => `${name}:${hash}\n`).join("");
}
