/** API versions, names and sizes that manifests carry: everything that moves with upstream releases or with taste. */
export const versions = {
  /** Argo Workflows; `schedules`, `mutexes` and `when` need 3.6 or later. Checked against the schemas of 4.1.2. */
  argo: 'argoproj.io/v1alpha1',
  kustomize: 'kustomize.config.k8s.io/v1beta1',
  rbac: 'rbac.authorization.k8s.io/v1',
  networking: 'networking.k8s.io/v1',
  /** Pod Security Standards as of this release. */
  podSecurity: 'v1.36',
} as const;

/** Paths inside a step's container. `work` is one empty volume: inputs are unpacked into it, outputs written to it. */
export const paths = {
  app: '/app',
  work: '/mlp',
  inputs: '/mlp/in',
  outputs: '/mlp/out',
  params: '/etc/mlp',
  temporary: '/tmp',
} as const;

export const defaults = {
  /** A step's resources where the spec says nothing. */
  cpu: 1,
  memory: 4 * 1024 ** 3,
  /** The share of a step's memory that DuckDB may use; the rest is for node. */
  dataShare: 0.7,
  /** Any number but 0: the image has no user of this id, and needs none. */
  user: 10_001,
  secondsKeptAfterSuccess: 7 * 86_400,
  secondsKeptAfterFailure: 14 * 86_400,
  /** How long after an outage `missed: "once"` still makes up for a run. */
  secondsToMakeUp: 86_400,
} as const;

/** Exit codes of `step` that another try cannot change: wrong usage, and a gate or validation that refused. */
export const finalExitCodes = [2, 3] as const;
