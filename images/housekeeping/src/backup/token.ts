import { z } from "zod";

const answer = z.object({ access_token: z.string().min(1), expires_in: z.number() });

/** Seconds before its end at which a token is no longer used. */
const MARGIN = 60;

/** Something that gives a token for Google's APIs. */
export interface Token {
  readonly get: () => Promise<string>;
  /** The token was refused: the next one is asked for anew. */
  readonly forget: () => void;
}

/**
 * Tokens of the identity that GKE gives the pod (Workload Identity): there is no key anywhere. The metadata server keeps them,
 * so asking again is cheap.
 */
export class MetadataToken implements Token {
  private token: { readonly text: string; readonly until: number } | undefined;

  constructor(
    private readonly metadataUrl: string,
    private readonly now: () => number,
  ) {}

  /** @throws when the metadata server gives none: the pod has no identity. */
  async get(): Promise<string> {
    if (this.token !== undefined && this.now() < this.token.until) return this.token.text;
    const url = `${this.metadataUrl}/computeMetadata/v1/instance/service-accounts/default/token`;
    const response = await fetch(url, {
      headers: { "Metadata-Flavor": "Google" },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`the metadata server gives no token: ${response.status}`);
    const { access_token: text, expires_in: seconds } = answer.parse(await response.json());
    this.token = { text, until: this.now() + (seconds - MARGIN) * 1000 };
    return text;
  }

  forget(): void {
    this.token = undefined;
  }
}
