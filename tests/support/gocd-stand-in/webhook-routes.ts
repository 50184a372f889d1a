// What hosts of repositories tell. Seen on GoCD 26.1.0; read in api/api-webhook-v1, …/controller/validation/GitHub.java.
import { createHmac, timingSafeEqual } from "node:crypto";
import { HTML, type Handler, type Route } from "./http";

const told = (status: number, message: string) => ({ status, body: JSON.stringify({ message }), type: HTML });

/** GitHub signs with SHA-1 in this header. A push for which there is no material is taken all the same. */
const fromGitHub: Handler = (ask, server) => {
  const signature = ask.header("x-hub-signature");
  if (signature === undefined) return told(401, "No HMAC signature specified via 'X-Hub-Signature' header!");
  const right = `sha1=${createHmac("sha1", server.webhookSecret).update(ask.body).digest("hex")}`;
  const isRight = signature.length === right.length && timingSafeEqual(Buffer.from(signature), Buffer.from(right));
  return isRight
    ? told(202, "No matching materials!")
    : told(401, "HMAC signature specified via 'X-Hub-Signature' did not match!");
};

export const WEBHOOK_ROUTES: readonly Route[] = [
  { method: "POST", path: /^\/api\/webhooks\/github\/notify$/, who: "anyone", handle: fromGitHub },
];
