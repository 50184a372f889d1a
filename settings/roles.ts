import type { z } from "zod";
import { list, mapWith, text, type ReadonlyDeep } from "./values";

const subject = text(
  "user:NAME, group:NAME or serviceAccount:NAMESPACE/NAME; on GKE names are addresses such as user:kim@example.com",
  /^((user|group):(?!system:)[^\s:][^\s]*|serviceAccount:[a-z0-9-]+\/[a-z0-9.-]+)$/,
);
const subjects = (may: string) => list(subject, "a list of subjects").default([]).describe(may);

export const roles = mapWith({
  open: subjects("who may open GoCD by kubectl port-forward, and do nothing else in the cluster"),
  operate: subjects("who may see all but Secrets, read logs, restart pods and scale, and open GoCD"),
});

/** Who may do what in the namespaces of the installation; nobody in particular if the lists are empty. */
export type Roles = ReadonlyDeep<z.output<typeof roles>>;
