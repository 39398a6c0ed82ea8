/** What Kubernetes is given: a StatefulSet with its services, a budget of disruptions and a policy of its network. */
import type { ManifestConfig } from "../config/manifest.ts";

export function kubernetes(config: ManifestConfig): string {
  return `${head(config)}---
apiVersion: v1
kind: Service
metadata:
  name: hearsay
  namespace: ${config.namespace}
  labels: {app.kubernetes.io/name: hearsay}
spec:
  # Without an address of its own it is the list of the pods, which the nodes look up; a node that waits for the others
  # is on it, or none would find another.
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {app.kubernetes.io/name: hearsay}
  ports:
    - {name: members, port: 7000}
---
apiVersion: v1
kind: Service
metadata:
  name: hearsay-clients
  namespace: ${config.namespace}
  labels: {app.kubernetes.io/name: hearsay}
spec:
  # For clients: any node that is ready.
  selector: {app.kubernetes.io/name: hearsay}
  ports:
    - {name: clients, port: 7001}
    - {name: http, port: 8000}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: hearsay
  namespace: ${config.namespace}
  labels: {app.kubernetes.io/name: hearsay}
spec:
  serviceName: hearsay
  replicas: ${config.nodes}
  # No node waits for another one to be ready.
  podManagementPolicy: Parallel
  selector:
    matchLabels: {app.kubernetes.io/name: hearsay}
  template:
    metadata:
      labels: {app.kubernetes.io/name: hearsay}
    spec:
      automountServiceAccountToken: false
      # The variables for services would look like settings of hearsay.
      enableServiceLinks: false
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: {type: RuntimeDefault}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {app.kubernetes.io/name: hearsay}
      containers:
        - name: hearsay
          image: ${config.image}
          command: [sh, -c]
          args:
            - |
              # The first pod founds the cluster, where nobody answers it. Once it runs, take out this line and apply
              # the file again: should hearsay-0 lose its volume one day, it must not found another one.
              [ "$HEARSAY_ID" = hearsay-0 ] && export HEARSAY_BOOTSTRAP=true
              exec hearsay serve --listen 0.0.0.0:7000 --client-listen 0.0.0.0:7001 --http 0.0.0.0:8000 \\
                --data /data --join dns+hearsay:7000 --advertise "$HEARSAY_ID.hearsay:7000"
          env:
            - name: HEARSAY_ID
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
            # Whom the commands ask that are run in here.
            - {name: HEARSAY_AT, value: "127.0.0.1:7001"}
${config.tls ? tlsVariables : insecure}
          ports:
            - {name: members, containerPort: 7000}
            - {name: clients, containerPort: 7001}
            - {name: http, containerPort: 8000}
          # Liveness asks whether the node answers. One that waits for the others, or has not caught up with those that it
          # reaches, is alive and not ready; to be cut off makes it neither. A log that is long, or of an earlier version,
          # takes its time to open.
          startupProbe:
            httpGet: {path: /livez, port: http${scheme(config)}}
            periodSeconds: 5
            timeoutSeconds: 10
            failureThreshold: 180
          livenessProbe:
            httpGet: {path: /livez, port: http${scheme(config)}}
            periodSeconds: 20
            timeoutSeconds: 10
            failureThreshold: 3
          readinessProbe:
            httpGet: {path: /readyz, port: http${scheme(config)}}
            periodSeconds: 5
            timeoutSeconds: 10
          resources:
            requests: {cpu: 100m, memory: 256Mi}
            limits: {memory: 1Gi}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: data, mountPath: /data}
${config.tls ? tlsVolume : ""}  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests: {storage: 10Gi}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: hearsay
  namespace: ${config.namespace}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app.kubernetes.io/name: hearsay}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: hearsay
  namespace: ${config.namespace}
spec:
  podSelector:
    matchLabels: {app.kubernetes.io/name: hearsay}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels: {app.kubernetes.io/name: hearsay}
      ports:
        - {port: 7000}
    # Clients carry this label.
    - from:
        - podSelector:
            matchLabels: {hearsay-client: "true"}
      ports:
        - {port: 7001}
        - {port: 8000}
`;
}

function head({ namespace, nodes, image, tls }: ManifestConfig): string {
  const range = `{0..${nodes - 1}}`;
  const ids = nodes === 1 ? "0" : range;
  return `# ${nodes} nodes of hearsay on Kubernetes, each with a volume of its own.
#
#   kubectl create namespace ${namespace}
${tls ? certificates(namespace, ids) : ""}#   kubectl apply -f THIS-FILE
#   kubectl -n ${namespace} rollout status statefulset/hearsay
#   kubectl -n ${namespace} exec hearsay-0 -- hearsay status
#
# The image ${image} must be where the cluster can pull it. Clients are pods in this namespace with the label
# hearsay-client=true, and ask hearsay-clients:7001, or ${tls ? "https" : "http"}://hearsay-clients:8000.
# Prometheus is one of them, and asks hearsay-0.hearsay${
    tls ? "" : `.${namespace}.svc`
  } and so on: hearsay manifest prometheus.
# More nodes: kubectl -n ${namespace} scale statefulset/hearsay --replicas N.
# One fewer: the last one leaves, and its volume goes, as who has left comes back with an empty one:
#   kubectl -n ${namespace} exec hearsay-${nodes - 1} -- hearsay leave
#   kubectl -n ${namespace} scale statefulset/hearsay --replicas ${nodes - 1}
#   kubectl -n ${namespace} delete pvc data-hearsay-${nodes - 1}
`;
}

function certificates(namespace: string, ids: string): string {
  return `#   hearsay ca init ca
#   for i in $(echo ${ids}); do hearsay ca issue hearsay-$i --host hearsay-$i.hearsay,hearsay-clients --dir ca; done
#   kubectl -n ${namespace} create secret generic hearsay-tls --from-file=ca/ca.pem \\
#     --from-file=ca/hearsay-${ids}.pem --from-file=ca/hearsay-${ids}-key.pem     # bash; never ca/ca-key.pem
#
# Every pod can read the keys of all of them. Where that is too much, let cert-manager's CSI driver give each its own,
# with the URI hearsay:node:NAME-OF-POD as a name in it.
#
`;
}

const insecure =
  `            # Whoever reaches the pods may do everything; the NetworkPolicy below keeps others off, where the network of
            # this cluster enforces it. 'hearsay manifest kubernetes --tls' is the other way.
            - {name: HEARSAY_INSECURE, value: "true"}`;

function scheme({ tls }: ManifestConfig): string {
  return tls ? ", scheme: HTTPS" : "";
}

/** The same for the node and for the commands that are run beside it, which show the node's own certificate. */
const tlsVariables = `            - {name: HEARSAY_TLS_CERT, value: /tls/$(HEARSAY_ID).pem}
            - {name: HEARSAY_TLS_KEY, value: /tls/$(HEARSAY_ID)-key.pem}
            - {name: HEARSAY_TLS_CA, value: /tls/ca.pem}`;

const tlsVolume = `            # No subPath, under which a new certificate would not arrive.
            - {name: tls, mountPath: /tls, readOnly: true}
      volumes:
        - name: tls
          secret: {secretName: hearsay-tls, defaultMode: 288} # 0440
`;
