import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { events, type Event, type Thing } from "../providers/google/cloud";
import type { Project } from "./project";
import { vaultVariables, warm } from "./warm";
import { givePolicyPack, makeProject } from "./setup";

/** A project in the model of Google Cloud, and the checkout in which people work on it. */
export interface GoogleProject {
  readonly project: Project;
  /** The same, whose commands start the program and the providers anew, as on people's machines. */
  readonly cold: Project;
  /** What exists there. */
  things(): readonly Thing[];
  /** What happened there, in its order. */
  events(): readonly Event[];
  /** Has each of these operations (`create URN`) fail once; `after create URN` and `no answer to create URN` fail when it is done. */
  fail(operations: readonly string[]): void;
  /** Those that have not failed yet. */
  failuresLeft(): readonly string[];
  /** Deletes what `gcloud` would delete, past Pulumi. */
  delete(types: RegExp): void;
  /** Forgets what happened so far. */
  forgetEvents(): void;
}

/** What keeps the key of a stack's secrets: a passphrase, or the Vault that stands in. */
type Secrets = "passphrase" | "hashivault://tests";

/** Starts with an empty Google project, logged in, with these stacks. */
export async function emptyGoogleProject(
  name: string,
  stacks: readonly string[],
  secrets: Secrets = "hashivault://tests",
): Promise<GoogleProject> {
  const cloud = path.resolve(".cache/engine", name, "cloud.json");
  const cold = makeProject(name, "google", {
    GOCD_ENGINE_CLOUD: cloud,
    GOCD_ENGINE_ENDPOINT: "127.0.0.1:1",
    ...vaultVariables(),
    // Nobody reads a second copy of the state here.
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
  });
  // Nor logs: the CLI writes none where there can be no folder for them.
  writeFileSync(path.join(path.dirname(cloud), "home/.pulumi/logs"), "");
  givePolicyPack(cold);
  const project = warm(cold);
  // The pages' `pulumi login --local` is of the home directory, which is one for all suites.
  const state = path.join(path.dirname(cloud), "state");
  mkdirSync(state);
  await project.must(`pulumi login file://${state}`);
  for (const stack of stacks) await project.must(`pulumi stack init ${stack} --secrets-provider ${secrets}`);
  const failures = `${cloud}.failures`;
  const things = () => (existsSync(cloud) ? (JSON.parse(readFileSync(cloud, "utf8")) as readonly Thing[]) : []);
  return {
    project,
    cold,
    things,
    events: () => events(cloud),
    fail: (operations) => {
      writeFileSync(failures, JSON.stringify(operations));
    },
    failuresLeft: () => (existsSync(failures) ? (JSON.parse(readFileSync(failures, "utf8")) as readonly string[]) : []),
    delete: (types) => {
      writeFileSync(cloud, JSON.stringify(things().filter(({ type }) => !types.test(type))));
    },
    forgetEvents: () => {
      rmSync(`${cloud}.journal`, { force: true });
    },
  };
}
