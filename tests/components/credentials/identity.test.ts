import * as fc from "fast-check";
import { agentToken, agentUuid } from "../../../components/credentials/identity";

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));

describe("an agent's uuid", () => {
  test("is a version 4 UUID, the same for the same key and pod", () => {
    fc.assert(
      fc.property(key, fc.string(), (secret, pod) => {
        const uuid = agentUuid(secret, pod);
        expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(agentUuid(secret, pod)).toBe(uuid);
      }),
    );
  });

  test("differs between pods and between keys", () => {
    fc.assert(
      fc.property(key, key, fc.string(), fc.string(), (one, two, a, b) => {
        fc.pre(one !== two && a !== b);
        expect(new Set([agentUuid(one, a), agentUuid(one, b), agentUuid(two, a), agentUuid(two, b)]).size).toBe(4);
      }),
    );
  });
});

describe("an agent's token", () => {
  // Computed without this code: printf UUID | openssl dgst -sha256 -hmac KEY -binary | base64
  test("is what GoCD computes: base64 of HMAC-SHA256, with the key's text as key", () => {
    expect(agentToken("token-generation-key", "f7e1e4a4-2f0a-4c36-9d8e-0a4f8a2f3c11")).toBe(
      "gGa3qM2TOkExinoE504agUdEUNH8VAHdohlGaYcqZSI=",
    );
  });
});
