// What is worth minutes: `npm run test:slow`. Everything else as in jest.config.js.
const base = require("./jest.config.js");

/** @type {import("jest").Config} */
module.exports = { ...base, testTimeout: 600_000, testMatch: ["<rootDir>/tests/**/*.slow.ts"] };
