const path = require("node:path");
const cluster = require("../cluster/jest.config.js");

/** One project for each folder of suites; README.md says what they have. */
const project = (name) => ({
  rootDir: path.resolve(__dirname, "../.."),
  transform: cluster.transform,
  testEnvironment: "node",
  displayName: name,
  globalSetup: "<rootDir>/tests/engine/harness/warm.ts",
  roots: ["<rootDir>/tests/engine/suites"],
  testMatch: [`<rootDir>/tests/engine/suites/${name}/*.test.ts`],
});

/** @type {import("jest").Config} */
module.exports = {
  ...cluster,
  projects: ["afterwards", "dev", "edits", "google", "host", "rotate", "scale", "zones"].map(project),
  // An update waits for pods, and each command starts Node several times.
  testTimeout: 1_800_000,
};
