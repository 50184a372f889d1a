/**
 * Where a field is: names of keys, and the place in a list, which is the element's own name where it has one (`[web]`)
 * and its position otherwise (`[0]`).
 */
export type Path = readonly Step[];
export type Step = string | { readonly element: string };

/** `spec.template.spec.containers[web].image`, `data["daemon.json"].mtu`. */
export function pathText(path: Path): string {
  const text = path.map((step) => {
    if (typeof step === "object") return `[${step.element}]`;
    return /^[A-Za-z_$][\w$:-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return text.join("").replace(/^\./, "");
}

/**
 * True when a change at a path touches the field of a rule: the field itself, something inside it, or a whole of which it
 * is part. A rule names fields without places in lists: `nodeConfig.taints.key`.
 */
export function touches(path: Path, field: string): boolean {
  const names = path.filter((step): step is string => typeof step === "string");
  const wanted = field.split(".");
  return wanted.every((name, depth) => depth >= names.length || names[depth] === name);
}

/** True when a change at a path is the field itself or inside it, but not a whole that contains it. */
export function isWithin(path: Path, field: string): boolean {
  const names = path.filter((step) => typeof step === "string");
  return names.length >= field.split(".").length && touches(path, field);
}
