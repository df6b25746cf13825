import { IndentationText, Project, QuoteKind, StructureKind, ts } from 'ts-morph';
import type { Plan } from '../../plan/plan.ts';
import { header, type OutputFile } from '../target.ts';
import type { FileStructure } from './project.ts';

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
  const head = header(plan).map(line => `// ${line}\n`);
  return files.map(({ path, imports, statements }) => {
    const file = project.createSourceFile(path, { statements: [...imports, ...spaced(statements)] });
    file.formatText({ semicolons: ts.SemicolonPreference.Insert, indentSize: 2 });
    return { path, text: `${head.join('')}\n${file.getFullText().trim()}\n` };
  });
}

/** Statements with a blank line between them: where ts-morph leaves none by itself, one is put before the comment. */
function spaced(statements: FileStructure['statements']): FileStructure['statements'] {
  return statements.map((statement, i) => {
    if (typeof statement === 'string') return `\n${statement}`;
    const before = statements[i - 1];
    const apart = typeof before === 'object' && setApart.has(before.kind);
    if (apart || setApart.has(statement.kind)) return statement;
    const trivia = 'leadingTrivia' in statement ? statement.leadingTrivia : '';
    return { ...statement, leadingTrivia: `\n${typeof trivia === 'string' ? trivia : ''}` };
  });
}

const setApart = new Set<StructureKind>([
  StructureKind.Function,
  StructureKind.Interface,
  StructureKind.Class,
]);
