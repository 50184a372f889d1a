import {
  HARMLESS_DEVICES,
  NRI_ANNOTATIONS,
  RUNTIME_ANNOTATIONS,
  type RuntimeAnnotation,
} from "../../policy/tables/operators";
import { STATIC_POD_ANNOTATIONS } from "../../policy/tables/privileges";
import type { Rule } from "./admission-pods";
import { either, listOf, quoted } from "./cel";

/** Annotations of a kind as one expression of RE2, which reads these expressions as JavaScript does. */
function named(is: RuntimeAnnotation["is"]): string {
  return RUNTIME_ANNOTATIONS.filter((each) => each.is === is)
    .map(({ name }) => name.source)
    .join("|");
}

/** An expression for the annotations of what holds a pod's specification: the pod itself, or a template. */
export function annotationsAt(pod: string): string {
  const metadata = pod.replace(/spec$/, "metadata");
  return `(has(${metadata}) && has(${metadata}.annotations) ? ${metadata}.annotations : {})`;
}

/**
 * Annotations by which a runtime gives a pod something of its node. Which folder or device is named inside a list in YAML, no
 * expression can read, so those are refused whatever they name.
 */
export function annotationRules(pod: string): readonly Rule[] {
  const all = annotationsAt(pod);
  const given = `${all}[k]`;
  const paths = [named("path"), named("program"), ...Object.values(NRI_ANNOTATIONS).map(({ source }) => source)];
  const devices = `k.matches(${quoted(named("devices"))}) && ${given}.split(',').exists(d, !(d.trim().split(':')[0] in ${listOf(HARMLESS_DEVICES)}))`;
  const isStatic = `k in ${listOf(STATIC_POD_ANNOTATIONS)} && ${given} != 'api'`;
  return [
    {
      offenders: `${all}.filter(k, ${either([`k.matches(${quoted(paths.join("|"))})`, devices])})`,
      message: "a runtime acts on annotations and gives the pod devices, folders or programs of the node, leave out",
    },
    {
      offenders: `${all}.filter(k, ${isStatic})`,
      message: "only the kubelet makes static pods of its node, leave out",
    },
  ];
}
