/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  // They need a cluster: `npm run test:cluster`, `npm run test:engine`
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/cluster/gocd/", "<rootDir>/tests/engine/suites/"],
  // All that Jest looks through: tests, and what --coverage is about. Not packages, and not the file systems under .cache.
  roots: ["<rootDir>/tests", "<rootDir>/images/housekeeping/src"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // Packages are loaded once in each worker, and no test runs in a sandbox (docs/decisions/0064).
  testEnvironment: "<rootDir>/tests/support/jest/environment.js",
  runtime: "<rootDir>/tests/support/jest/runtime.js",
  globalSetup: "<rootDir>/tests/support/global-setup.ts",
  globalTeardown: "<rootDir>/tests/support/global-teardown.ts",
  // Jest would leave one core to nobody.
  maxWorkers: "100%",
  // With --coverage, as CI runs it: housekeeping changes a server that people work with, and every branch of it is tested.
  collectCoverageFrom: ["images/housekeeping/src/**/*.ts"],
  coverageReporters: ["text"],
  coverageThreshold: { global: { branches: 100 } },
  // Whatever is waited for may be slow where other work keeps the cores busy; only what hangs has to end.
  testTimeout: 300_000,
};
