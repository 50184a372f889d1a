/** Commands of the pages that the suites do not run, with the reason. A command that is none of these is run; commands.test.ts sees to it. */
export const NOT_RUN: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern:
      /^pulumi (up|preview|destroy|refresh|import|stack output|state unprotect)$|^npm run (down|preview)$|^kubectl( port-forward| describe pod| scale statefulset --replicas=0)?$|^npm ci$/,
    reason: "a sentence calls the command by its name; the line to type stands elsewhere",
  },
  {
    pattern: /^pulumi preview --refresh --expect-no-changes$/,
    reason: "what the workflow drift calls, which is run",
  },
  {
    pattern: /^kubectl .* get service kube-dns\b/,
    reason: "names are answered outside of this cluster",
  },
  { pattern: /^pulumi destroy --exclude-protected$/, reason: "what npm run down calls, which is run" },
  {
    pattern: /^pulumi up --policy-pack policy$/,
    reason: "a sentence means pulumi up --stack dev --policy-pack policy",
  },
  { pattern: /^npm (ci && npm run preview|test)$/, reason: "the first lines of CI itself; npm run preview is run" },
  {
    pattern: /^npm run images$/,
    reason: "needs no Pulumi, and is run for every stack by tests/program/images.test.ts",
  },
  { pattern: /^npm run (test:cluster|test:engine|contract)\b/, reason: "other tests" },
  { pattern: /^gcloud( |$)|\bgcloud iam |^for role in |^done$|^pool=/, reason: "asks Google; the model has no gcloud" },
  { pattern: /^gke-gcloud-auth-plugin |^apt-get install google-/, reason: "Google's programs" },
  {
    pattern: /^pulumi stack .*gcpkms:/,
    reason: "asks Cloud KMS; where the key is a variable, the Vault is asked that stands in",
  },
  {
    pattern: /^docker |^for image in |^echo SECOND_AGENT/,
    reason: "asks Docker: tests/cluster/gocd/laptop runs Compose, tests/cluster builds the images",
  },
  {
    pattern: /^kubectl .* create rolebinding |^kubectl auth can-i /,
    reason: "about roles, which the stack of the tests has not; tests/cluster/gocd/suites/access has them",
  },
  { pattern: / scale statefulset\/gocd-server /, reason: "before a snapshot of Google's, which the model has not" },
  {
    pattern: /move-in|^curl |^kubectl .*(POD|exec -i gocd-server-0| scale --selector)|^ssh OLD /,
    reason: "another server, which is not here; tests/tools/move-in and tests/cluster/gocd/suites/standalone have it",
  },
  { pattern: / exec -it .* vi /, reason: "an editor, which asks for a terminal" },
  {
    pattern: /^kubectl taint node /,
    reason: "the cluster has one node, which may not be kept from the agents",
  },
  {
    pattern: /^kubectl .* logs .* -c (restore|backup)\b/,
    reason: "a container of backups, which go to Google's storage",
  },
];
