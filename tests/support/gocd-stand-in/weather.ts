/** How the server feels: what a test can make go wrong. */
export interface Weather {
  /** Milliseconds before any answer. */
  delay: number;
  /** Answered to everything, in place of the real answer. */
  status: number | null;
  /** An HTTP body to go with `status`. */
  readonly body: string;
  /** Added to the version that every API answers to: 1 is a newer GoCD, -1 an older one. */
  versionsApart: number;
  /** Requests to answer before the connection is cut on every further one. */
  dieAfter: number | null;
  /** Answers without ETag, as behind a proxy that takes them away. */
  withoutTags: boolean;
}

export const FAIR: Weather = { delay: 0, status: null, body: "", versionsApart: 0, dieAfter: null, withoutTags: false };
