// Environments of the configuration, and those of configuration repositories. Read in gocd/gocd at tag 26.1.0:
//   server/…/server/service/EnvironmentConfigService.java, config/config-api/…/config/BasicEnvironmentConfig.java
import type { Body } from "./body";
import { Refusal } from "./http";
import { tagOf } from "./tag";

export interface Variable {
  readonly secure: boolean;
  readonly name: string;
  readonly value: string;
}

export interface Environment {
  name: string;
  pipelines: string[];
  environment_variables: Variable[];
}

export interface EnvironmentsState {
  environments: Environment[];
  /** Environments of configuration repositories: name to the agents that they list. */
  remoteEnvironments: Record<string, string[]>;
}

const ENVIRONMENT_NAME = /^[a-zA-Z0-9_-][a-zA-Z0-9_.-]*$/;
const PATTERN = "[a-zA-Z0-9_\\-]{1}[a-zA-Z0-9_\\-.]*";

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** As an answer shows it, without links. */
export const environmentFields = ({ name, pipelines, environment_variables }: Environment): object => ({
  name,
  pipelines: pipelines.map((pipeline) => ({ name: pipeline })),
  environment_variables,
});

export class Environments {
  constructor(private readonly state: EnvironmentsState) {}

  /** Local ones and those of configuration repositories, by name. */
  all(): Environment[] {
    const remote = Object.keys(this.state.remoteEnvironments)
      .filter((name) => this.local(name) === undefined)
      .map((name) => ({ name, pipelines: [], environment_variables: [] }));
    return [...this.state.environments, ...remote].sort((a, b) =>
      a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1,
    );
  }

  one(name: string): Environment {
    const found = this.all().find((environment) => same(environment.name, name));
    if (found === undefined) throw new Refusal(404, `Environment with name '${name}' was not found!`);
    return found;
  }

  local(name: string): Environment | undefined {
    return this.state.environments.find((environment) => same(environment.name, name));
  }

  create(body: Body): Environment {
    const created = environmentFrom(body.required("name"), body);
    const { name } = created;
    const refused = (status: number, why: string, headers?: Record<string, string>): Refusal =>
      new Refusal(status, `Failed to add environment '${name}'. ${why}`, { data: environmentFields(created) }, headers);
    if (this.all().some((other) => same(other.name, name)))
      throw refused(422, "Another environment with the same name already exists.");
    if (!ENVIRONMENT_NAME.test(name) || name.length > 255)
      throw refused(
        400,
        `failed to save : Environment name is invalid. "${name}" should conform to the pattern - ${PATTERN}`,
        { ETag: `"${tagOf(created)}"` },
      );
    this.state.environments.push(created);
    return created;
  }

  update(name: string, body: Body, ifMatch: string | undefined): Environment {
    const old = this.one(name);
    if (!same(body.required("name"), name))
      throw new Refusal(422, "Renaming of environment is not supported by this API.");
    if (ifMatch !== tagOf(old))
      throw new Refusal(
        412,
        `Someone has modified the configuration for environment '${name}'. Please update your copy of the config with the changes and try again.`,
      );
    return Object.assign(old, environmentFrom(old.name, body));
  }

  /** Adds and removes; the first thing that cannot be done refuses all. */
  patch(name: string, body: Body): Environment {
    const old = this.one(name);
    const variables = body.object("environment_variables");
    const pipelines = body.object("pipelines");
    const added = (variables?.array("add") ?? []) as Variable[];
    const removed = variables?.strings("remove") ?? [];
    const why = this.impossible(old, added, removed, pipelines);
    if (why !== undefined)
      throw new Refusal(
        422,
        `Failed to update environment '${old.name}'. ${why}`,
        { data: environmentFields(old) },
        { ETag: `"${tagOf(old)}"` },
      );
    const kept = old.environment_variables.filter((variable) => !removed.includes(variable.name));
    const gone = pipelines?.strings("remove") ?? [];
    return Object.assign(old, {
      pipelines: old.pipelines.filter((pipeline) => !gone.includes(pipeline)),
      environment_variables: [...kept, ...added],
    });
  }

  /** There are no pipelines here, so none can be added. */
  private impossible(
    { name, ...old }: Environment,
    added: readonly Variable[],
    removed: readonly string[],
    pipelines: Body | undefined,
  ): string | undefined {
    const has = (variable: string): boolean => old.environment_variables.some((one) => one.name === variable);
    const double = added.find((variable) => has(variable.name) && !removed.includes(variable.name));
    if (double !== undefined)
      return `Environment Variable name '${double.name}' is not unique for environment '${name}'.`;
    const missing = removed.find((variable) => !has(variable));
    if (missing !== undefined)
      return `Environment variable with name '${missing}' does not exist in environment '${name}'`;
    const [unknown] = pipelines?.strings("add") ?? [];
    if (unknown !== undefined) return `Environment '${name}' refers to an unknown pipeline '${unknown}'.`;
    const absent = (pipelines?.strings("remove") ?? []).find((pipeline) => !old.pipelines.includes(pipeline));
    return absent === undefined ? undefined : `Pipeline '${absent}' does not exist in environment '${name}'`;
  }

  delete(name: string): void {
    const old = this.one(name);
    this.state.environments = this.state.environments.filter((environment) => environment !== old);
  }

  associatedRemotely(uuid: string, environment: string): boolean {
    return this.state.remoteEnvironments[environment]?.includes(uuid) ?? false;
  }

  /** Those of configuration repositories that list the agent. */
  remoteOf(uuid: string): readonly string[] {
    return Object.keys(this.state.remoteEnvironments).filter((name) => this.associatedRemotely(uuid, name));
  }
}

function environmentFrom(name: string, body: Body): Environment {
  const pipelines = (body.array("pipelines") ?? []).map((entry) => String((entry as { readonly name: unknown }).name));
  const variables = (body.array("environment_variables") ?? []) as Variable[];
  return { name, pipelines, environment_variables: variables };
}
