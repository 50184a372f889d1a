// The six dependency laws of docs/architecture.md, as configuration of ESLint.

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
  message: "Law 2: under components/ and kubernetes/ only component.ts imports @pulumi at run time; builders are pure.",
};

const outsideTheCluster = {
  regex: "^\\.\\./",
  message: "Law 6: tests/cluster/kubernetes builds and boots a cluster; it imports nothing outside its folder.",
};

module.exports = [
  boundary(
    ["components/**/*.ts", "kubernetes/**/*.ts"],
    [settings, program, component, pulumiAtRunTime],
    ["components/**/component.ts"],
  ),
  boundary(["components/**/component.ts"], [settings, program, component]),
  boundary(["policy/**/*.ts"], [settings, program, component]),
  boundary(["preview/**/*.ts"], [settings, component]),
  boundary(["tests/cluster/kubernetes/**/*.ts"], [outsideTheCluster]),
];
