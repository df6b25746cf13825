import type { OutputFile } from '../target.ts';

const leftOut = new Set(['tsconfig.json', 'README.md', 'Dockerfile', '.dockerignore']);

/**
 * The generated program as JavaScript, as `mlp run` and images start it: every `.ts` file without its types, line for line,
 * by the TypeScript that ts-morph brings; data as it is. What only serves development, and how to make an image of it, is left out.
 */
export async function transpile(files: readonly OutputFile[]): Promise<readonly OutputFile[]> {
  const { ts } = await import('ts-morph');
  return files
    .filter(file => !leftOut.has(file.path))
    .map(file => {
      if (!file.path.endsWith('.ts')) return file;
      const { outputText } = ts.transpileModule(file.text, {
        fileName: file.path,
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
          removeComments: false,
          rewriteRelativeImportExtensions: true,
        },
      });
      return { ...file, path: file.path.replace(/\.ts$/, '.js'), text: outputText };
    });
}
