// The six dependency laws of docs/architecture.md, as configuration of ESLint. A file matches one entry: ESLint takes a rule's
// options from the last entry that matches.

const SETTINGS = {
  regex: "^\\.\\.?/(.*/)?settings(/.*)?$",
  message: "Law 1: only index.ts and tests read settings; take a plain argument.",
};
const LOADED_SETTINGS = {
  regex: "^(\\./|\\.\\.?/(.*/)?settings/)load$",
  message: "Law 1: only index.ts and tests load settings; take a plain argument.",
};
const PULUMI_AT_RUN_TIME = {
  regex: "^@pulumi/",
  allowTypeImports: true,
  message: "Law 2: only component.ts imports @pulumi at run time; what is built beside it is plain data.",
};
const COMPONENT = {
  regex: "^\\.\\.?/(.*/)?component$",
  message: "Law 3: a component never imports another component; index.ts passes values between them.",
};
const PROGRAM = {
  regex: "^\\.\\.?/([^/]+/)*\\.?\\.?/?index$",
  message: "Law 4: only what runs the program imports index.ts.",
};
const outsideOf = (folders) => ({
  regex: `^\\.\\./(.*/)?(${folders})(/.*)?$`,
  message: "Law 5: policy, preview and each image work without this program; they import nothing of it.",
});

const OUTSIDE_THE_CLUSTER = {
  regex: "^\\.\\./",
  message: "Law 6: tests/cluster/kubernetes builds and boots a cluster; it imports nothing outside its folder.",
};

/** One law or more: files that match may not import what the patterns match. */
const boundary = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] },
});

module.exports = [
  boundary(
    ["components/**/*.ts", "kubernetes/**/*.ts"],
    [SETTINGS, PROGRAM, COMPONENT, PULUMI_AT_RUN_TIME],
    ["components/**/component.ts"],
  ),
  boundary(["components/**/component.ts"], [SETTINGS, PROGRAM, COMPONENT]),
  boundary(["settings/**/*.ts"], [LOADED_SETTINGS, PROGRAM, COMPONENT, PULUMI_AT_RUN_TIME], ["settings/load.ts"]),
  boundary(["settings/load.ts"], [PROGRAM, COMPONENT]),
  boundary(["tools/**/*.ts", "laptop/**/*.ts"], [LOADED_SETTINGS, PROGRAM, COMPONENT]),
  boundary(["policy/**/*.ts"], [PROGRAM, outsideOf("components|kubernetes|settings|laptop|tools|preview")]),
  boundary(["preview/**/*.ts"], [PROGRAM, outsideOf("components|kubernetes|settings|laptop|tools|images|policy")]),
  boundary(["images/**/*.ts"], [PROGRAM, outsideOf("components|kubernetes|settings|laptop|tools|preview|policy")]),
  boundary(["tests/cluster/kubernetes/**/*.ts"], [OUTSIDE_THE_CLUSTER]),
];
