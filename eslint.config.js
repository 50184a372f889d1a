// The strict preset of typescript-eslint, and the six dependency laws of docs/architecture.md.
const js = require("@eslint/js");
const jestPlugin = require("eslint-plugin-jest");
const prettier = require("eslint-config-prettier");
const tseslint = require("typescript-eslint");
const checkFile = require("eslint-plugin-check-file");
const hand = require("./eslint.hand.js");
const laws = require("./eslint.laws.js");

module.exports = tseslint.config(
  { ignores: ["**/dist/", "out/", "coverage/", "**/.cache/", "reports/", ".stryker-tmp/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["components/**/component.ts", "index.ts"],
    rules: {
      // A Pulumi resource exists by being constructed; most are never read again.
      "no-new": "off",
      "@typescript-eslint/no-unused-expressions": "error",
    },
  },
  ...laws,
  ...hand,
  {
    files: ["**/*.ts", "**/*.js"],
    plugins: { "check-file": checkFile },
    rules: {
      // Kebab-case; a number may stand before it where files have an order.
      "check-file/filename-naming-convention": [
        "error",
        { "**/*": "+([a-z0-9])*(-+([a-z0-9]))" },
        { ignoreMiddleExtensions: true },
      ],
    },
  },
  {
    files: ["tests/**/*.{test,slow}.ts"],
    ...jestPlugin.configs["flat/recommended"],
    rules: {
      ...jestPlugin.configs["flat/recommended"].rules,
      "jest/consistent-test-it": ["error", { fn: "test", withinDescribe: "test" }],
      "jest/expect-expect": ["error", { assertFunctionNames: ["expect*", "fc.assert"] }],
    },
  },
  {
    files: ["**/*.js"],
    languageOptions: {
      globals: { require: "readonly", module: "writable", __dirname: "readonly", process: "readonly" },
      sourceType: "commonjs",
    },
  },
  prettier,
);
