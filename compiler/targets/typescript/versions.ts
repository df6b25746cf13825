/** What generated programs are built with. */
export const versions = {
  engine: '>=20.19',
  typescript: '7.0.2',
  nodeTypes: '20.19.0',
} as const;
