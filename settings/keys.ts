import { access } from "./access";
import { agents } from "./agents";
import { backup } from "./backup";
import { builds } from "./builds";
import { cluster } from "./cluster";
import { installationCompany as company } from "./company";
import { images } from "./images";
import { roles } from "./roles";
import { server } from "./server";

/** Every key under `gocd:` that is not a secret, with the schema of its value. */
export const GOCD = { cluster, server, agents, images, access, backup, builds, roles, company } as const;

/** Secret keys: read as Outputs, never as plain text, so they have no schema. */
export const SECRETS = [
  "adminPassword",
  "registryPassword",
  "configRepositoryCredentials",
  "serverSecrets",
  "iapClientSecret",
  "gitSshKeys",
  "gitKnownHosts",
  "dockerLogins",
] as const;
