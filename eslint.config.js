// The five dependency laws of docs/architecture.md are the `boundary` entries below; everything else is the strict
// preset of typescript-eslint.
const js = require("@eslint/js");
const jest = require("eslint-plugin-jest");
const prettier = require("eslint-config-prettier");
const tseslint = require("typescript-eslint");

/** One law: files that match may not import what the patterns match. */
const boundary = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] },
});

const settings = {
  regex: "(^|/)settings(\\.js|/.*)?$",
  message: "Law 1: only index.ts and tests read settings; take a plain argument.",
};
const program = { regex: "^(\\.\\./)*(\\./)?index$", message: "Law 4: only what runs the program imports index.ts." };
const component = {
  regex: "components/|^\\.\\./[a-z-]+/component$",
  message: "Law 3: a component never imports another component; index.ts passes values between them.",
};
const pulumiAtRunTime = {
  regex: "^@pulumi/",
  allowTypeImports: true,
  message: "Law 2: under components/ only component.ts imports @pulumi at run time; builders are pure.",
};

module.exports = tseslint.config(
  { ignores: ["**/dist/", "out/", "coverage/", "**/.cache/", "reports/", ".stryker-tmp/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
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
  boundary(["components/**/*.ts"], [settings, program, component, pulumiAtRunTime], ["components/**/component.ts"]),
  boundary(["components/**/component.ts"], [settings, program, component]),
  boundary(["policy/**/*.ts"], [settings, program, component]),
  boundary(["preview/**/*.ts"], [settings, component]),
  {
    files: ["tests/**/*.test.ts"],
    ...jest.configs["flat/recommended"],
    rules: { ...jest.configs["flat/recommended"].rules, "jest/expect-expect": ["error", { assertFunctionNames: ["expect*", "fc.assert"] }] },
  },
  {
    files: ["**/*.js"],
    languageOptions: { globals: { require: "readonly", module: "writable", __dirname: "readonly", process: "readonly" }, sourceType: "commonjs" },
  },
  prettier,
);
