import { printYaml, type YamlValue } from '../yaml.ts';
import { metadata, type Project } from './project.ts';
import { versions } from './versions.ts';

export const artifactsName = (project: Project): string => `${project.name}-artifacts`;
export const repositoryKey = 's3';

/** The namespace, which refuses pods below the Pod Security Standard `restricted`. */
export function namespace(project: Project): YamlValue {
  const level = (mode: string) => ({
    [`pod-security.kubernetes.io/${mode}`]: 'restricted',
    [`pod-security.kubernetes.io/${mode}-version`]: versions.podSecurity,
  });
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: project.settings.namespace,
      labels: {
        'app.kubernetes.io/managed-by': 'mlp',
        ...level('enforce'),
        ...level('audit'),
        ...level('warn'),
      },
    },
  };
}

/** The account of the steps. Argo's executor reports each step's outputs in its name, and that is all it may do. */
export const serviceAccount = (project: Project): YamlValue => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: metadata(project, project.settings.serviceAccount),
});

export const role = (project: Project): YamlValue => ({
  apiVersion: versions.rbac,
  kind: 'Role',
  metadata: metadata(project, project.settings.serviceAccount),
  rules: [{ apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] }],
});

export function roleBinding(project: Project): YamlValue {
  const { serviceAccount: name, namespace: place } = project.settings;
  return {
    apiVersion: versions.rbac,
    kind: 'RoleBinding',
    metadata: metadata(project, name),
    subjects: [{ kind: 'ServiceAccount', name, namespace: place }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
  };
}

/** Nobody connects to a step. What steps may connect to depends on the cluster and is left to its own policies. */
export const networkPolicy = (project: Project): YamlValue => ({
  apiVersion: versions.networking,
  kind: 'NetworkPolicy',
  metadata: metadata(project, `${project.name}-no-ingress`),
  spec: {
    podSelector: { matchLabels: { 'app.kubernetes.io/part-of': project.name } },
    policyTypes: ['Ingress'],
  },
});

/** Where Argo keeps artifacts. `{{workflow.name}}` and `{{pod.name}}` are Argo's. */
export function artifactRepository(project: Project): YamlValue {
  const { bucket, prefix, endpoint, insecure, credentials } = project.settings.artifacts;
  const folder = [prefix, project.name, 'runs'].filter(part => part !== '').join('/');
  const repository = {
    archiveLogs: true,
    s3: {
      bucket,
      endpoint,
      ...(insecure ? { insecure } : {}),
      keyFormat: `${folder}/{{workflow.name}}/{{pod.name}}`,
      ...(credentials === null
        ? { useSDKCreds: true }
        : {
            accessKeySecret: { name: credentials, key: 'accesskey' },
            secretKeySecret: { name: credentials, key: 'secretkey' },
          }),
    },
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(project, artifactsName(project)),
    data: { [repositoryKey]: printYaml(repository) },
  };
}

export const kustomization = (project: Project, files: readonly string[]): YamlValue => ({
  apiVersion: versions.kustomize,
  kind: 'Kustomization',
  resources: files,
  labels: [
    { pairs: { 'mlp.dev/environment': labelValue(project.settings.environment) }, includeSelectors: false },
  ],
});

/** A label's value takes letters, digits, dots, dashes and underscores, 63 at most. */
const labelValue = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
