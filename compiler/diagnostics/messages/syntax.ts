// biome-ignore lint/suspicious/noExplicitAny: stub
export const syntaxMessages: any = new Proxy(
  {},
  {
    get: (_t, name) => (args: any, at: any) => ({
      code: 'MLP1000',
      severity: 'error',
      message: String(name) + JSON.stringify(args),
      file: at.file,
      span: at.span,
      labels: [],
      fixes: at.fixes ?? [],
    }),
    ownKeys: () => [],
  },
);
