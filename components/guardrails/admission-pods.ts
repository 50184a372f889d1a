import {
  addressArgument,
  ADDRESS_AT_END,
  ADDRESS_FROM_SCHEME,
  DAEMON_VARIABLES,
  INSIDE_THE_POD,
  NODE_ADDRESS_FIELDS,
} from "../../policy/tables/daemons";
import { DIND } from "../../policy/tables/dind";
import { CONTAINER_LISTS } from "../../policy/tables/kinds";
import { LEFT_OPEN } from "../../policy/tables/operators";
import { DANGEROUS_CAPABILITIES, HOST_SWITCHES, UNCONFINED_SELINUX_TYPES } from "../../policy/tables/privileges";
import { NODE_DRIVERS, NODE_ITSELF, REFUSED_SOURCES, SERVER_ATTRIBUTES } from "../../policy/tables/volumes";
import { either, listOf, quoted } from "./cel";

/** One thing that is refused, in Kubernetes' expression language (CEL). */
export interface Rule {
  /** Expression for a list of the offenders' names. */
  readonly offenders: string;
  /** What is wrong and what to do, before the offenders. Holds no quote. */
  readonly message: string;
}

/** What a list of a pod's containers is turned into, for all lists together; `pod` is an expression for its specification. */
function ofContainers(pod: string, turned: (list: string) => string): string {
  return CONTAINER_LISTS.map((list) => `(has(${pod}.${list}) ? ${pod}.${list}.${turned(list)} : [])`).join(" + ");
}

/** Names of a pod's containers for which a condition on `c` holds. */
function containersWhere(pod: string, condition: (list: string) => string): string {
  return ofContainers(pod, (list) => `filter(c, ${condition(list)}).map(c, c.name)`);
}

/** Names of a pod's volumes for which a condition on `v` holds. */
function volumesWhere(pod: string, condition: string): string {
  return `has(${pod}.volumes) ? ${pod}.volumes.filter(v, ${condition}).map(v, v.name) : []`;
}

/** Volumes that are the node's. */
export function pathRules(pod: string): readonly Rule[] {
  const sources = Object.keys(REFUSED_SOURCES).map((source) => `has(v.${source})`);
  return [
    {
      offenders: volumesWhere(pod, "has(v.hostPath)"),
      message:
        "hostPath volumes hand out the disk or the runtime of the node, claim a volume or use an emptyDir instead of",
    },
    {
      offenders: containersWhere(pod, () => `has(c.workingDir) && c.workingDir.matches(${quoted(LEFT_OPEN)})`),
      message: "a working directory below /proc leads to the file system of the node, choose another for",
    },
    {
      offenders: volumesWhere(
        pod,
        either([
          ...sources,
          `has(v.csi) && v.csi.driver in ${listOf(NODE_DRIVERS)}`,
          servedByNode("v.csi"),
          `has(v.nfs) && v.nfs.server.lowerAscii().matches(${quoted(NODE_ITSELF)})`,
          `has(v.iscsi) && v.iscsi.targetPortal.lowerAscii().matches(${quoted(NODE_ITSELF)})`,
        ]),
      ),
      message: "volumes that lead to the node by another name, claim a volume of a CSI driver instead of",
    },
  ];
}

/** Whether a CSI volume is told to take its data from the node itself. */
export function servedByNode(csi: string): string {
  const attribute = `k in ${listOf(SERVER_ATTRIBUTES)} && ${csi}.volumeAttributes[k].lowerAscii().matches(${quoted(NODE_ITSELF)})`;
  return `has(${csi}) && has(${csi}.volumeAttributes) && ${csi}.volumeAttributes.exists(k, ${attribute})`;
}

/** What makes a container root on its node. */
export function privilegeRules(pod: string, args: DindPlace): readonly Rule[] {
  const added = `has(c.securityContext.capabilities.add) && c.securityContext.capabilities.add.exists(a, a.upperAscii().replace('CAP_', '') in ${listOf(DANGEROUS_CAPABILITIES)})`;
  const capable = `has(c.securityContext) && has(c.securityContext.capabilities) && ${added}`;
  const unmasked =
    "has(c.securityContext) && has(c.securityContext.procMount) && c.securityContext.procMount != 'Default'";
  const privileged = "has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged";
  const exempt = (list: string, where = "") => (list === "initContainers" ? ` && !(${where}${isDind(args)})` : "");
  const inOwnUsers = (list: string) =>
    args.ownUsers ? exempt(list, `has(${pod}.hostUsers) && !${pod}.hostUsers && `) : "";
  return [
    {
      offenders: containersWhere(pod, (list) => `${privileged}${exempt(list)}`),
      message: `only the sidecar ${DIND.name} of this installation may be privileged, with its own image, arguments and mounts and no command, not`,
    },
    {
      offenders: containersWhere(pod, (list) => `${capable}${exempt(list)}`),
      message: "capabilities that let a container out to its node, drop them from",
    },
    {
      offenders: [
        containersWhere(pod, (list) =>
          either([
            `${unmasked}${inOwnUsers(list)}`,
            `has(c.securityContext) && ${selinux("c.securityContext")}${exempt(list)}`,
          ]),
        ),
        `(has(${pod}.securityContext) && ${selinux(`${pod}.securityContext`)} ? ['the pod'] : [])`,
      ].join(" + "),
      message: "procMount Unmasked or an unconfined SELinux type open the node, remove them from",
    },
  ];
}

function selinux(context: string): string {
  return `has(${context}.seLinuxOptions) && has(${context}.seLinuxOptions.type) && ${context}.seLinuxOptions.type in ${listOf(UNCONFINED_SELINUX_TYPES)}`;
}

/** Where the privileged container may be, and from which repository. */
interface DindPlace {
  readonly agentsNamespace: string;
  readonly dindRepository: string;
  readonly ownUsers?: boolean;
}

/** `@sha256:` and its hex digits. */
const DIGEST_LENGTH = 72;

/** Whether the init container `c` is the one that may be privileged: by all its features together. */
function isDind({ agentsNamespace, dindRepository }: DindPlace): string {
  const none = (property: string) => `(!has(c.${property}) || size(c.${property}) == 0)`;
  const probe = (property: string) =>
    `(!has(c.${property}) || has(c.${property}.exec) && c.${property}.exec.command == ${listOf(DIND.probe)})`;
  const mount = ({ name, mountPath, subPath }: (typeof DIND.mounts)[number]) =>
    `m.name == ${quoted(name)} && m.mountPath == ${quoted(mountPath)} && (has(m.subPath) ? m.subPath : '') == ${quoted(subPath)}`;
  return [
    `request.namespace == ${quoted(agentsNamespace)}`,
    `c.name == ${quoted(DIND.name)}`,
    `has(c.image) && c.image.startsWith(${quoted(`${dindRepository}@sha256:`)}) && size(c.image) == ${dindRepository.length + DIGEST_LENGTH}`,
    `has(c.restartPolicy) && c.restartPolicy == 'Always'`,
    none("command"),
    `has(c.args) && c.args == ${listOf(DIND.args)}`,
    ...["env", "envFrom", "volumeDevices"].map(none),
    "!has(c.lifecycle)",
    "(!has(c.workingDir) || c.workingDir == '')",
    ...["startupProbe", "readinessProbe", "livenessProbe"].map(probe),
    `has(c.volumeMounts) && size(c.volumeMounts) == ${DIND.mounts.length}`,
    "c.volumeMounts.all(m, !has(m.subPathExpr) && (!has(m.mountPropagation) || m.mountPropagation == 'None'))",
    ...DIND.mounts.map((each) => `c.volumeMounts.exists_one(m, ${mount(each)})`),
  ].join(" && ");
}

/** What a pod would share with its node, or with the privileged container. */
export function namespaceRules(pod: string): readonly Rule[] {
  const process = (context: string) =>
    `has(${context}) && has(${context}.windowsOptions) && has(${context}.windowsOptions.hostProcess) && ${context}.windowsOptions.hostProcess`;
  const shared = Object.keys(HOST_SWITCHES).map(
    (key) => `(has(${pod}.${key}) && ${pod}.${key} ? [${quoted(key)}] : [])`,
  );
  return [
    {
      offenders: [...shared, `(${process(`${pod}.securityContext`)} ? ['windowsOptions.hostProcess'] : [])`].join(
        " + ",
      ),
      message: "a pod keeps to namespaces of its own, remove",
    },
    {
      offenders: containersWhere(pod, () => process("c.securityContext")),
      message: "hostProcess runs a container as a process of its node, remove it from",
    },
    {
      offenders: `has(${pod}.ephemeralContainers) ? ${pod}.ephemeralContainers.filter(c, has(c.targetContainerName) && c.targetContainerName == ${quoted(DIND.name)}).map(c, c.name) : []`,
      message: `an ephemeral container may not join the processes of ${DIND.name}, choose another target for`,
    },
  ];
}

/**
 * Characters of a pod's commands and arguments that can be looked through. What one expression may cost is used up between 60,000 and
 * 100,000 of them; then the API server would refuse the pod too, without a word that anybody understands.
 */
const MOST_WORDS = 50_000;

/** Ways to a daemon of the node that need no mount. */
export function daemonRules(pod: string): readonly Rule[] {
  const inside = `matches(${quoted(INSIDE_THE_POD)})`;
  const literal = `has(e.value) && e.value != '' && !e.value.lowerAscii().${inside}`;
  const nodeAddress = `has(e.valueFrom) && has(e.valueFrom.fieldRef) && e.valueFrom.fieldRef.fieldPath in ${listOf(NODE_ADDRESS_FIELDS)}`;
  const variable = either([`e.name in ${listOf(DAEMON_VARIABLES)} && (has(e.valueFrom) || ${literal})`, nodeAddress]);
  const words = "((has(c.command) ? c.command : []) + (has(c.args) ? c.args : [])).join(' ')";
  const scheme = quoted(ADDRESS_FROM_SCHEME);
  const few = `size((${ofContainers(pod, () => `map(c, ${words})`)}).join(' ')) <= ${MOST_WORDS}`;
  const address = `(a.find(${scheme}) != '' ? a.find(${scheme}) : a.find(${quoted(ADDRESS_AT_END)}))`;
  return [
    {
      offenders: containersWhere(pod, () => `has(c.env) && c.env.exists(e, ${variable})`),
      message:
        "DOCKER_HOST and the like stay inside the pod (tcp://127.0.0.1:2376, as a plain value), and status.hostIP is not for",
    },
    {
      offenders: `${few} ? ${containersWhere(
        pod,
        () => `${words}.findAll(${quoted(addressArgument)}).exists(a, !${address}.lowerAscii().${inside})`,
      )} : []`,
      message: "a daemon outside the pod in the arguments of",
    },
    {
      offenders: `${few} ? [] : ['the pod']`,
      message: `more than ${MOST_WORDS} characters of commands and arguments are too many to look through, mount a file instead into`,
    },
  ];
}
