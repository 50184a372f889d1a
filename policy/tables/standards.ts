// What public standards ask for, as far as rules check it. Plain data.

/** A standard by the name that configuration chooses rules with. */
export type Framework = "CIS" | "PSA" | "NSA";

/** A place in a standard. */
export interface Standard {
  readonly framework: Framework;
  readonly reference: string;
}

/** The standards in full, in the words of Pulumi's reports. */
export const FRAMEWORKS: Readonly<
  Record<Framework, { readonly name: string; readonly version: string; readonly specification: string }>
> = {
  CIS: {
    name: "CIS Kubernetes Benchmark",
    version: "1.8.0",
    specification: "https://www.cisecurity.org/benchmark/kubernetes",
  },
  PSA: {
    name: "Kubernetes Pod Security Standards",
    version: "1.37",
    specification: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
  },
  NSA: {
    name: "NSA/CISA Kubernetes Hardening Guidance",
    version: "1.2",
    specification:
      "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
  },
};

export const cis = (...references: readonly string[]) => of("CIS", references);
export const psa = (...references: readonly string[]) => of("PSA", references);
export const nsa = (...references: readonly string[]) => of("NSA", references);

function of(framework: Framework, references: readonly string[]): readonly Standard[] {
  return references.map((reference) => ({ framework, reference }));
}
