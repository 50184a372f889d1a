/**
 * What is tested on: a Kubernetes, or Docker alone as on a laptop. Each has files, a control group and suites of its own, so
 * that both can run at the same time; packages and binaries are shared.
 */
export const WORLD = process.env["GOCD_TESTS"] === "laptop" ? "laptop" : "cluster";
