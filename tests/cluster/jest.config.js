/** @type {import("jest").Config} */
module.exports = {
  rootDir: "../..",
  testMatch: ["<rootDir>/tests/cluster/suites/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/.*/dist/", "<rootDir>/.*/\\.cache/", "<rootDir>/out/"],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } }] },
  testEnvironment: "node",
  // A pod that is pulled up, drained and pulled up again takes its time on two cores.
  testTimeout: 180_000,
  verbose: true,
};
