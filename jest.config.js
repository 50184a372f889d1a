/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  // tests/cluster starts a Kubernetes of its own: `npm run test:cluster`
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/cluster/"],
  modulePathIgnorePatterns: ["<rootDir>/.*/dist/", "<rootDir>/(.*/)?\\.cache/", "<rootDir>/out/"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  testEnvironment: "node",
  // What is waited for starts processes; a busy machine is no failure, a hang still is.
  testTimeout: 60_000,
};
