import { get, type KubernetesObject } from "./kubectl";
import { SERVER_NAMESPACE } from "./deploy";
import { exec } from "./kubectl";

interface Secret extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

/** An agent as GoCD's API (version 7) tells of it. */
export interface ApiAgent {
  readonly uuid: string;
  readonly hostname: string;
  readonly agent_config_state: "Enabled" | "Disabled" | "Pending";
  readonly agent_state: string;
  readonly resources: readonly string[];
}

/** The agents that the server knows, by host name; asked with housekeeping's own log-in. */
export async function serverAgents(): Promise<readonly ApiAgent[]> {
  const { data } = await get<Secret>("secret/gocd-housekeeping", SERVER_NAMESPACE);
  const read = (key: string) =>
    Buffer.from(data[key] ?? "", "base64")
      .toString()
      .trim();
  const config = `user = "${read("username")}:${read("password")}"\nheader = "Accept: application/vnd.go.cd.v7+json"\nurl = "http://127.0.0.1:8153/go/api/agents"\n`;
  const { code, stdout, stderr } = await exec(
    "gocd-server-0",
    "server",
    SERVER_NAMESPACE,
    ["curl", "--silent", "--fail", "--config", "-"],
    { input: config },
  );
  if (code !== 0) throw new Error(`the server's agents: ${stderr}`);
  const { _embedded } = JSON.parse(stdout) as { readonly _embedded: { readonly agents: readonly ApiAgent[] } };
  return [..._embedded.agents].sort((a, b) => a.hostname.localeCompare(b.hostname));
}

/** Each agent's host name and uuid: what must stay the same for life. */
export const identities = async (): Promise<readonly string[]> =>
  (await serverAgents()).map(({ hostname, uuid }) => `${hostname} ${uuid}`);
