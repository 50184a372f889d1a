/** @type {import("jest").Config} */
module.exports = {
  rootDir: "../..",
  // Not the whole checkout: beside it, under .cache, lie the file systems of containers.
  roots: ["<rootDir>/tests/cluster"],
  testMatch: ["<rootDir>/tests/cluster/suites/**/*.test.ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  testEnvironment: "node",
  testSequencer: "<rootDir>/tests/cluster/sequencer.js",
  // A pod that is pulled up, drained and pulled up again takes its time on two cores.
  testTimeout: 180_000,
  reporters: ["default", "<rootDir>/tests/cluster/reporter.js"],
};
