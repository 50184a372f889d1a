const path = require("node:path");

const common = {
  rootDir: path.resolve(__dirname, "../.."),
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  testEnvironment: "node",
};

/** One project for each folder of suites; see README.md there. */
const project = (name) => ({
  ...common,
  displayName: name,
  // Not the whole checkout: beside it, under .cache, lie the file systems of containers.
  roots: ["<rootDir>/tests/cluster/gocd/suites"],
  testMatch: [`<rootDir>/tests/cluster/gocd/suites/${name}/*.test.ts`],
});

/** @type {import("jest").Config} */
module.exports = {
  ...common,
  projects: [
    "access",
    "builders",
    "company",
    "daemons",
    "disaster-recovery",
    "housekeeping",
    "network",
    "standalone",
    "walls",
  ].map(project),
  testSequencer: "<rootDir>/tests/cluster/sequencer.js",
  // A pod that is pulled up, drained and pulled up again takes its time on two cores.
  testTimeout: 180_000,
  reporters: ["default", "<rootDir>/tests/cluster/reporter.js"],
};
