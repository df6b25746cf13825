import type { YamlValue } from '../yaml.ts';
import { defaults } from './versions.ts';

/** What the Pod Security Standard `restricted` asks of a pod, and one unprivileged user for all its containers. */
export const podSecurity: YamlValue = {
  runAsNonRoot: true,
  runAsUser: defaults.user,
  runAsGroup: defaults.user,
  fsGroup: defaults.user,
  seccompProfile: { type: 'RuntimeDefault' },
};

export const containerSecurity: YamlValue = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
};
