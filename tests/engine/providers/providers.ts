import { docker } from "./docker";
import { google } from "./google/google";
import { kubernetesObjects } from "./kubernetes-objects";
import type { ProviderModel } from "./model";
import { random } from "./random";
import { tls } from "./tls";

const PROVIDERS = { random, tls, docker, gcp: google, kubernetes: kubernetesObjects };

/** The provider of this name that stands in. */
export function standIn(name: string): ProviderModel {
  if (!(name in PROVIDERS)) throw new Error(`no provider stands in for ${name}`);
  return PROVIDERS[name as keyof typeof PROVIDERS];
}
