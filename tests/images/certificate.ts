/** Self-signed certificates for tests, and an `openssl` for machines without one; with nothing but Node. */
import * as crypto from "node:crypto";
import type { ShellFixture } from "./shell-fixture";

/** A key and its certificate, both PEM. */
export interface Pair {
  readonly key: string;
  readonly cert: string;
}

const HOUR = 3_600_000;

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const utcTime = (date: Date): Buffer =>
  der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
const ecdsaWithSha256 = sequence(der(0x06, Buffer.from("2a8648ce3d040302", "hex")));

/** A P-256 key with a certificate signed by itself that ends so many hours from now; less than 0 has ended. */
export function selfSigned(name: string, endsInHours: number): Pair {
  const { privateKey, publicKey } = crypto.generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const commonName = sequence(der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from(name)));
  const subject = sequence(der(0x31, commonName));
  const now = Date.now();
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), crypto.randomBytes(8)])),
    ecdsaWithSha256,
    subject,
    sequence(utcTime(new Date(now - 1000 * HOUR)), utcTime(new Date(now + endsInHours * HOUR))),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = crypto.sign("sha256", tbs, privateKey);
  const certificate = sequence(tbs, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const body = certificate
    .toString("base64")
    .replace(/(.{64})/g, "$1\n")
    .trim();
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
}

/**
 * Puts an `openssl` on the fixture's PATH that does the four things `prepare-certificates` asks for. What it answers about a file is
 * read beforehand, in this process, by Node's own parser (`readByStandIn`): a process of Node for each question is slow.
 */
export function opensslStandIn(shell: ShellFixture): void {
  shell.command(
    "openssl",
    `of=$1
while [ $# -gt 0 ]; do
  case $1 in
    -in) file=$2 ;;
    -pubkey | -pubout) answer=key ;;
    -enddate) answer=end ;;
    -checkend) seconds=$2 ;;
  esac
  shift
done
known=$FIXTURE/openssl/$(sha256sum "$file" | cut -d ' ' -f 1).$of
[ -e "$known.key" ] || exit 1
if [ -n "\${seconds-}" ]; then [ $(($(date +%s) + seconds)) -lt "$(cat "$known.until")" ]; else cat "$known.$answer"; fi`,
  );
}

/** Reads a certificate or a key for the stand-in; of what is neither it knows nothing, and fails as openssl does. */
export function readByStandIn(shell: ShellFixture, pem: string): void {
  const known = `openssl/${crypto.createHash("sha256").update(pem).digest("hex")}`;
  const spki = (key: crypto.KeyObject) => key.export({ type: "spki", format: "pem" }).toString();
  if (pem.includes("PRIVATE KEY"))
    shell.write(`${known}.pkey.key`, spki(crypto.createPublicKey(crypto.createPrivateKey(pem))));
  if (!pem.includes("CERTIFICATE")) return;
  const { publicKey, validTo } = new crypto.X509Certificate(pem);
  shell.write(`${known}.x509.key`, spki(publicKey));
  shell.write(`${known}.x509.end`, `notAfter=${validTo}\n`);
  shell.write(`${known}.x509.until`, String(Date.parse(validTo) / 1000));
}
