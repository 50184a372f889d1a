import { createHmac } from "node:crypto";

/**
 * The uuid of an agent, derived from a secret and its pod's name: the same for as long as both are, and not to be guessed by
 * whoever knows only the name. It has the form of a random (version 4) UUID.
 *
 * @param identityKey hex text.
 */
export function agentUuid(identityKey: string, pod: string): string {
  const digest = createHmac("sha256", Buffer.from(identityKey, "hex")).update(pod).digest().subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x40, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return digest.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The token that the server gives the agent of a uuid (`AgentRegistrationController.hmacOf` in GoCD): the key is used as text. */
export function agentToken(tokenGenerationKey: string, uuid: string): string {
  return createHmac("sha256", tokenGenerationKey).update(uuid).digest("base64");
}
