/**
 * What is tested in this run, e.g. `cluster` or `laptop`. Each target has files, a control group and a lock of its own, so that
 * several can run at the same time; packages and binaries are shared.
 */
export const TEST_TARGET = process.env["TEST_TARGET"] ?? "cluster";
