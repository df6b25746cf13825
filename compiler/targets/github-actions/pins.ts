/**
 * The actions that workflows use: each by the commit of a release, since a tag can be moved. Read from the upstream
 * repositories' tags; changing a pin is a change of this file alone.
 */
export const pins = {
  checkout: {
    action: 'actions/checkout',
    version: 'v7.0.1',
    commit: '3d3c42e5aac5ba805825da76410c181273ba90b1',
  },
  setupNode: {
    action: 'actions/setup-node',
    version: 'v7.0.0',
    commit: '820762786026740c76f36085b0efc47a31fe5020',
  },
  uploadArtifact: {
    action: 'actions/upload-artifact',
    version: 'v7.0.0',
    commit: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f',
  },
} as const;

export type Pin = (typeof pins)[keyof typeof pins];

export const defaults = {
  runner: 'ubuntu-24.04',
  node: '20',
  branch: 'main',
  minutes: 15,
} as const;
