import { createServer } from "node:http";
import { json } from "node:stream/consumers";

/** Before what Vault has encrypted. */
const MARK = "vault:v1:";

interface Transit {
  readonly plaintext?: string;
  readonly ciphertext?: string;
}

/**
 * Stands in for Vault's transit engine, which encrypts the key of a stack and gives it back: to make it from a passphrase takes a third of
 * what a command's engine takes. What it gives is no secret.
 */
export const vault = createServer((request, response) => {
  void json(request).then((body) => {
    const { plaintext, ciphertext = "" } = body as Transit;
    const data =
      plaintext === undefined ? { plaintext: ciphertext.slice(MARK.length) } : { ciphertext: MARK + plaintext };
    response.end(JSON.stringify({ data }));
  });
});
