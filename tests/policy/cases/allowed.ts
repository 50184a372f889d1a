import {
  agentsPod,
  allowed,
  type Case,
  container,
  image,
  INSTALLATION,
  logsIn,
  type Manifest,
  otherPod,
  providedIn,
  withHostPath,
  withVolume,
} from "./case";

const mounted = (mountPath: string, volume: Manifest) =>
  agentsPod({
    containers: [container({ volumeMounts: [{ name: "docker-sock", mountPath }] })],
    volumes: [{ name: "docker-sock", ...volume }],
  });

const CHART_DEPLOYMENT: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop", labels: { "app.kubernetes.io/name": "web" } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" }, annotations: { "checksum/config": "0a1b" } },
      spec: {
        serviceAccountName: "web",
        securityContext: { runAsNonRoot: true, fsGroup: 1000, seccompProfile: { type: "RuntimeDefault" } },
        initContainers: [
          { name: "migrate", image, command: ["bin/migrate"], env: [{ name: "DATABASE_HOST", value: "db" }] },
        ],
        containers: [
          {
            name: "web",
            image,
            ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
            env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
            livenessProbe: { httpGet: { path: "/", port: "http" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
              readOnlyRootFilesystem: true,
            },
            volumeMounts: [
              { name: "tmp", mountPath: "/tmp" },
              { name: "config", mountPath: "/etc/web", readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: "tmp", emptyDir: {} },
          { name: "config", configMap: { name: "web" } },
          { name: "sa", projected: { sources: [] } },
        ],
      },
    },
  },
};

const CRD: Manifest = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "things.example.com" },
  spec: {
    group: "example.com",
    names: { plural: "things", singular: "thing", kind: "Thing" },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              hostNetwork: { type: "boolean", default: true },
              privileged: { type: "boolean" },
              hostPath: { type: "object", properties: { path: { type: "string", default: "/var/run/docker.sock" } } },
              containers: { type: "array", items: { type: "object" } },
              volumes: { type: "array" },
            },
          },
        },
      },
    ],
  },
};

export const typed = (type: string, name: string, object: Manifest): Case => ({
  name,
  object,
  type,
  tags: "review",
  expect: "allowed",
});

/** Catalogue J: what looks alike and is harmless. */
export const allowedCases: readonly Case[] = [
  ...allowed("both", {
    "a plain pod": agentsPod(),
    "an emptyDir at /var/run": mounted("/var/run", { emptyDir: {} }),
    "an emptyDir at /var/run/docker.sock": mounted("/var/run/docker.sock", { emptyDir: {} }),
    "a volume named docker-sock that is an emptyDir": withVolume({ name: "docker-sock", emptyDir: {} }),
    "a Secret mounted at /run/docker.sock": mounted("/run/docker.sock", { secret: { secretName: "s" } }),
    "a claim from a dynamic class": mounted("/var/lib/docker", { persistentVolumeClaim: { claimName: "c" } }),
    "an ephemeral volume from a dynamic class": mounted("/cache", {
      ephemeral: {
        volumeClaimTemplate: {
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: "premium-rwo",
            resources: { requests: { storage: "1Gi" } },
          },
        },
      },
    }),
    "an image volume": withVolume({ emptyDir: {} }),
    "an ordinary chart's Deployment": CHART_DEPLOYMENT,
    "a ConfigMap that mentions the socket": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c", namespace: "shop" },
      data: {
        readme: "Do not mount /var/run/docker.sock; kind: of dangerous. hostPath: never",
        sock: "/var/run/docker.sock",
        "a.sh": "docker -H tcp://10.0.0.1:2375 ps",
      },
    },
    "an annotation that mentions the socket": agentsPod(
      {},
      { annotations: { note: "was: hostPath /var/run/docker.sock", description: "-v /var/run/docker.sock:/x" } },
    ),
    "a label of the socket's name": agentsPod({}, { labels: { "docker.sock": "no" } }),
  }),
  ...providedIn(
    INSTALLATION.agentsNamespace,
    allowed("review", {
      "a hostPath elsewhere, though the provider would put it into GoCD's namespace": logsIn("shop"),
    }),
  ),
  ...providedIn("shop", allowed("review", { "a hostPath of a pod that its provider puts elsewhere": logsIn() })),
  ...allowed("review", {
    "an ordinary hostPath of a node agent elsewhere": withHostPath("/var/log"),
    "a folder of its own beside the node's programs elsewhere": withHostPath("/opt/tools"),
    "certificates of the node elsewhere": withHostPath("/etc/ssl/certs"),
    "a directory that only starts like a socket's": withHostPath("/running/docker.socks"),
    "a directory named like the socket's directory": withHostPath("/data/var/run"),
    "a definition whose schema has a hostPath": CRD,
    "a Pod Security Policy of old": {
      apiVersion: "policy/v1beta1",
      kind: "PodSecurityPolicy",
      metadata: { name: "p" },
      spec: {
        privileged: true,
        hostNetwork: true,
        hostPID: true,
        volumes: ["hostPath"],
        allowedHostPaths: [{ pathPrefix: "/" }],
      },
    },
    "a Kyverno policy against host paths": {
      apiVersion: "kyverno.io/v1",
      kind: "ClusterPolicy",
      metadata: { name: "p" },
      spec: {
        rules: [
          {
            name: "r",
            validate: {
              pattern: { spec: { hostPID: true, "=(volumes)": [{ hostPath: { path: "/var/run/docker.sock" } }] } },
            },
          },
        ],
      },
    },
    "a NetworkPolicy": {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "deny", namespace: "gocd-dev" },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }], ports: [{ port: 443 }] }],
      },
    },
    "a claim of a dynamic class as a resource": {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "c", namespace: "gocd-dev" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "premium-rwo",
        resources: { requests: { storage: "1Gi" } },
      },
    },
    "a dashboard in JSON": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: {
        d: JSON.stringify({ title: "docker.sock", source: "/var/run/docker.sock", panels: [{ type: "graph" }] }),
      },
    },
    "a script with escapes": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: { "run.sh": "printf '\\x1b[0m'; echo /var/run/docker.sock" },
    },
    "a Constraint Template as text": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: {
        t: "apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nspec: {crd: {x: {hostPath: {path: /run}}}}\n",
      },
    },
    "two pods that say nothing": { apiVersion: "v1", kind: "List", items: [otherPod(), otherPod()] },
  }),
  typed("kubernetes:helm.sh/v3:Release", "an ordinary chart's values", {
    chart: "grafana",
    namespace: "monitoring",
    values: {
      persistence: { enabled: true, path: "/var/lib/grafana" },
      paths: ["/dev/pipeline", "/var/run/docker.sock/config"],
      ingress: { enabled: false },
      image: { tag: "11.2.0" },
      securityContext: { privileged: false },
    },
  }),
  typed("kubernetes:helm.sh/v3:Release", "a chart's emptyDir at the socket's place", {
    chart: "x",
    values: {
      volumes: [{ name: "run", emptyDir: {} }],
      volumeMounts: [{ name: "run", mountPath: "/var/run/docker.sock" }],
    },
  }),
  typed("kubernetes:helm.sh/v3:Release", "a chart's runner with a daemon of its own", {
    chart: "x",
    values: {
      env: { DOCKER_HOST: "unix:///var/run/docker.sock" },
      template: {
        spec: {
          containers: [
            {
              name: "runner",
              env: [{ name: "DOCKER_HOST", value: "unix:///var/run/docker.sock" }],
              volumeMounts: [{ name: "run", mountPath: "/var/run" }],
            },
            { name: "dind", args: ["dockerd", "--host=unix:///var/run/docker.sock"] },
          ],
          volumes: [{ name: "run", emptyDir: {} }],
        },
      },
    },
  }),
  typed("kubernetes:helm.sh/v3:Release", "a Kyverno policy among a chart's objects", {
    chart: "x",
    values: {
      extraObjects: [
        {
          apiVersion: "kyverno.io/v1",
          kind: "ClusterPolicy",
          metadata: { name: "p" },
          spec: { rules: [{ validate: { pattern: { spec: { hostPID: true } } } }] },
        },
      ],
    },
  }),
];
