import { IndentationText, Project, QuoteKind, ts } from 'ts-morph';
import type { Plan } from '../../plan/plan.ts';
import { header, type OutputFile } from '../target.ts';
import { commentText, type FileStructure } from './project.ts';

/** Prints every file with ts-morph: one source file from one structure each, formatted. */
export function printFiles(plan: Plan, files: readonly FileStructure[]): readonly OutputFile[] {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    manipulationSettings: {
      indentationText: IndentationText.TwoSpaces,
      quoteKind: QuoteKind.Single,
      insertSpaceAfterOpeningAndBeforeClosingNonemptyBraces: true,
    },
  });
  const head = header(plan).map(line => `// ${commentText(line)}\n`);
  return files.map(({ path, imports, statements }) => {
    const file = project.createSourceFile(path, { statements: [...imports, ...statements] });
    file.formatText({ semicolons: ts.SemicolonPreference.Insert, indentSize: 2 });
    return { path, text: `${head.join('')}\n${file.getFullText().trim()}\n` };
  });
}
