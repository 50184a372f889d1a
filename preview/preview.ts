import type { Policies } from "@pulumi/policy";
import { manifests, type Manifest } from "./manifests";
import type { LogLine } from "./run/monitor";
import { problemText, type Project } from "./run/project";
import { redactor } from "./run/redact";
import type { Registration } from "./run/registration";
import type { Failure, Run } from "./run/run";
import { judge, type Verdict } from "./verdict";
import { readableMap, type WireObject } from "./run/wire";

/** A stack as its program would register it: plain data from which every form of output is made. No secret is in it. */
export interface Preview {
  readonly project: string;
  readonly stack: string;
  /** Name of the stack's file. */
  readonly file: string;
  /** Sorted by URN; inputs are readable, with placeholders for unknown and secret values. */
  readonly resources: readonly Registration[];
  readonly outputs: WireObject;
  readonly manifests: readonly Manifest[];
  readonly verdict: Verdict;
  readonly logs: readonly LogLine[];
  /** Why there is no preview; everything above is then empty or incomplete. */
  readonly errors: readonly Failure[];
}

/** Numbers of a preview, for the last line and for scripts. */
export interface Totals {
  /** With components, providers and the stack itself, as `pulumi preview` counts. */
  readonly resources: number;
  readonly protected: number;
  readonly manifests: number;
  readonly policies: number;
  readonly mandatory: number;
  readonly advisory: number;
  readonly undecided: number;
}

/** Makes what there is to show out of what a program did. */
export async function assemble(project: Project, run: Run, policies: Policies): Promise<Preview> {
  const redact = redactor(project, run.registrations);
  const errors = [...run.errors, ...undeclared(project, run.errors)].map((error) => ({
    ...error,
    message: redact(error.message),
    trace: error.trace.map(redact),
  }));
  const failed = errors.length > 0;
  const verdict = failed ? { policies: [], findings: [] } : await judge(policies, run.registrations);
  return {
    project: project.name,
    stack: project.stack,
    file: project.file,
    resources: run.registrations.map((resource) => ({ ...resource, inputs: readableMap(resource.inputs) })),
    outputs: readableMap(run.outputs),
    manifests: failed ? [] : manifests(run.registrations),
    verdict: {
      ...verdict,
      findings: verdict.findings.map((finding) => ({ ...finding, message: redact(finding.message) })),
    },
    logs: run.logs.map((line) => ({ ...line, message: redact(line.message) })),
    errors,
  };
}

/** What the CLI would refuse and the program has not found itself. */
function undeclared({ file, problems }: Project, errors: readonly Failure[]): Failure[] {
  const found = new Set(errors.flatMap((error) => error.problems ?? []).map(({ key }) => key));
  const rest = problems.filter(({ key }) => !found.has(key));
  return rest.length === 0 ? [] : [{ message: problemText(file, rest), trace: [], problems: rest }];
}

/** Counts. */
export function totals({ resources, manifests: objects, verdict }: Preview): Totals {
  const count = (level: string) => verdict.findings.filter((finding) => finding.level === level).length;
  return {
    resources: resources.length,
    protected: resources.filter(({ protect }) => protect).length,
    manifests: objects.length,
    policies: verdict.policies.length,
    mandatory: count("mandatory"),
    advisory: count("advisory"),
    undecided: count("undecided"),
  };
}

/** Exit status: 0 fine, 1 the program failed or breaks a mandatory policy, 2 its settings are wrong. */
export function exitCode(result: Preview): 0 | 1 | 2 {
  if (result.errors.some(({ problems }) => problems !== undefined)) return 2;
  return result.errors.length > 0 || totals(result).mandatory > 0 ? 1 : 0;
}
