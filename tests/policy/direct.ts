// Runs policies in this process, on the values as they are: what the policy host does besides takes most of a mutant's time.
import type { Policies } from "@pulumi/policy";
import type { Report, Resource } from "./analyzer";

type Validate = (args: object, tell: (violation: string | { readonly message: string }) => void) => unknown;
interface Runnable {
  readonly name: string;
  readonly enforcementLevel?: string;
  readonly validateResource?: Validate;
  readonly validateStack?: Validate;
}

function argsOf({ type, props, name = "resource", protect = false, defaultNamespace }: Resource): object {
  return {
    type,
    name,
    urn: `urn:pulumi:dev::gocd::${type}::${name}`,
    props: JSON.parse(JSON.stringify(props)) as object,
    opts: { protect },
    ...(defaultNamespace !== undefined && { provider: { props: { namespace: defaultNamespace } } }),
  };
}

async function run(all: Policies, key: "validateResource" | "validateStack", args: object): Promise<readonly Report[]> {
  const found: Report[] = [];
  for (const { name, enforcementLevel, [key]: validate } of all as readonly Runnable[]) {
    if (enforcementLevel === "disabled") continue;
    const level = enforcementLevel === "advisory" ? "advisory" : "mandatory";
    await validate?.(args, (violation) => {
      found.push({ policy: name, message: typeof violation === "string" ? violation : violation.message, level });
    });
  }
  return found;
}

/** What an analyzer does, without the host. */
export function directly(all: Policies) {
  return {
    analyze: (resource: Resource) => run(all, "validateResource", argsOf(resource)),
    analyzeStack: (resources: readonly Resource[]) => run(all, "validateStack", { resources: resources.map(argsOf) }),
  };
}
