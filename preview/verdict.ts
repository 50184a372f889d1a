import type { Policies } from "@pulumi/policy";
import {
  AnalyzeRequest,
  AnalyzerProviderResource,
  AnalyzerPropertyDependencies,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  EnforcementLevel,
  type AnalyzeDiagnostic,
  type AnalyzeResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { providerUrn, type Registration } from "./run/registration";
import { UnsentStruct } from "./run/struct";

/** What one policy says about one resource, or about the stack. */
export interface Finding {
  readonly policy: string;
  /**
   * `mandatory` stops a deployment, `advisory` does not. `undecided`: the policy needs a value that is known only after
   * up, and the deployment will ask it again.
   */
  readonly level: "mandatory" | "advisory" | "undecided";
  /** URN; empty when the finding is about the stack as a whole. */
  readonly urn: string;
  readonly message: string;
}

/** What the policy pack says about a program. */
export interface Verdict {
  /** Names of the policies that were asked, sorted: of all but the disabled ones. */
  readonly policies: readonly string[];
  /** Sorted by level, policy and URN. */
  readonly findings: readonly Finding[];
}

type Answer = (error: Error | null | undefined, response?: AnalyzeResponse) => void;
type Analyze<Request> = (call: { readonly request: Request }, answer: Answer) => unknown;
type MakeAnalyze<Request> = (pack: string, version: string, level: string, policies: Policies) => Analyze<Request>;

/** The functions behind a policy pack's server; the package exports them without types. */
interface PolicyServer {
  readonly makeAnalyzeRpcFun: MakeAnalyze<AnalyzeRequest>;
  readonly makeAnalyzeStackRpcFun: MakeAnalyze<AnalyzeStackRequest>;
}

/** How the engine's library says that a policy cannot run yet, and how our pack's notes say that they will look again. */
const WAITS = /^can't run policy|\bafter up\b/;

const ORDER: readonly Finding["level"][] = ["mandatory", "advisory", "undecided"];

/** Asks every policy about every resource and about the stack, as the engine asks a pack in a preview. */
export async function judge(policies: Policies, registrations: readonly Registration[]): Promise<Verdict> {
  // Loaded by whoever judges, and by nobody who only shows a verdict: it brings all of the SDK along.
  const server = (await import("@pulumi/policy/server.js")) as unknown as PolicyServer;
  const byUrn = new Map(registrations.map((resource) => [resource.urn, resource]));
  const analyze = server.makeAnalyzeRpcFun("policy", "0.0.0", "mandatory", policies);
  const analyzeStack = server.makeAnalyzeStackRpcFun("policy", "0.0.0", "mandatory", policies);
  const findings: Finding[] = [];
  for (const resource of registrations) {
    const response = await ask(analyze, describe(new AnalyzeRequest(), resource, byUrn));
    findings.push(...response.getDiagnosticsList().map((diagnostic) => finding(diagnostic, resource.urn)));
  }
  const stack = new AnalyzeStackRequest().setResourcesList(
    registrations.map((resource) => stackResource(resource, byUrn)),
  );
  findings.push(
    ...(await ask(analyzeStack, stack))
      .getDiagnosticsList()
      .map((diagnostic) => finding(diagnostic, diagnostic.getUrn())),
  );
  const asked = policies.filter(({ enforcementLevel }) => enforcementLevel !== "disabled").map(({ name }) => name);
  return { policies: asked.sort(), findings: findings.sort(byLevel) };
}

function ask<Request>(analyze: Analyze<Request>, request: Request): Promise<AnalyzeResponse> {
  return new Promise((resolve, reject) => {
    analyze({ request }, (error, response) => {
      if (response === undefined) reject(error ?? new Error("a policy gave no answer"));
      else resolve(response);
    });
  });
}

function stackResource(resource: Registration, byUrn: ReadonlyMap<string, Registration>): AnalyzerResource {
  const message = describe(new AnalyzerResource(), resource, byUrn);
  message.setParent(resource.parent).setDependenciesList([...resource.dependencies]);
  for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
    message.getPropertydependenciesMap().set(property, new AnalyzerPropertyDependencies().setUrnsList([...urns]));
  }
  return message;
}

function describe<Message extends AnalyzeRequest | AnalyzerResource>(
  message: Message,
  resource: Registration,
  byUrn: ReadonlyMap<string, Registration>,
): Message {
  const options = new AnalyzerResourceOptions()
    .setParent(resource.parent)
    .setProtect(resource.protect)
    .setIgnorechangesList([...resource.ignoreChanges])
    .setDeletebeforereplace(resource.deleteBeforeReplace)
    .setAdditionalsecretoutputsList([...resource.additionalSecretOutputs]);
  message.setType(resource.type);
  message.setUrn(resource.urn);
  message.setName(resource.name);
  message.setProperties(new UnsentStruct(resource.inputs));
  message.setOptions(options);
  const provider = byUrn.get(providerUrn(resource));
  if (provider !== undefined) message.setProvider(providerResource(provider));
  return message;
}

function providerResource({ urn, type, name, inputs }: Registration): AnalyzerProviderResource {
  return new AnalyzerProviderResource().setUrn(urn).setType(type).setName(name).setProperties(new UnsentStruct(inputs));
}

function finding(diagnostic: AnalyzeDiagnostic, urn: string): Finding {
  const policy = diagnostic.getPolicyname();
  const message = diagnostic.getMessage();
  const mandatory = diagnostic.getEnforcementlevel() !== EnforcementLevel.ADVISORY;
  const level = mandatory ? "mandatory" : WAITS.test(message) ? "undecided" : "advisory";
  // A message repeats the policy's description first; whoever reads a list of findings wants what is special.
  const special = message.startsWith(`${diagnostic.getDescription()}\n`)
    ? message.slice(diagnostic.getDescription().length + 1)
    : message;
  return { policy, level, urn, message: special };
}

function byLevel(a: Finding, b: Finding): number {
  const key = ({ level, policy, urn, message }: Finding) => [ORDER.indexOf(level), policy, urn, message].join("\0");
  return key(a) < key(b) ? -1 : 1;
}
