import { pascalCase } from './identifiers.ts';
import { stringLiteral } from './literal.ts';
import type { Imports, ProgramNames } from './project.ts';
import { schemaOf } from './reads.ts';
import { brokenUnion, typeText } from './types.ts';

/** Types of rows of tables, with some of their columns: `Pick<Flight, 'date' | 'origin'>`. */
export class RowTypes {
  private readonly program: ProgramNames;
  private readonly imports: Imports;
  /** The view whose file this is: its own types need no import. */
  private readonly own: string;

  constructor(program: ProgramNames, imports: Imports, own: string) {
    this.program = program;
    this.imports = imports;
    this.own = own;
  }

  pick(table: string, columns: readonly string[]): string {
    const schema = schemaOf(this.program.plan, table);
    if (schema !== undefined) return picked(this.schemaType(schema), columns);
    return this.viewRow(table, columns);
  }

  private schemaType(schema: string): string {
    const name = this.program.schemas.get(schema)!;
    this.imports.add(name, '../schemas.js');
    return name;
  }

  /** A view's row has its features and labels, from its own file, the key of its source's row, and its moments. */
  private viewRow(view: string, columns: readonly string[]): string {
    const { features, source, key } = this.program.plan.views[view]!;
    const ofPart = (label: boolean): string[] =>
      columns.filter(column => features.some(f => f.name === column && f.label === label));
    const own = columns.filter(c => key.includes(c) && !features.some(f => f.name === c));
    const moments = columns.filter(c => c.startsWith('__'));
    const moment = typeText({ kind: 'timestamp', optional: true }, this.imports.types);
    const parts = [
      ...(ofPart(false).length ? [picked(this.partType(view, 'Features'), ofPart(false))] : []),
      ...(ofPart(true).length ? [picked(this.partType(view, 'Labels'), ofPart(true))] : []),
      ...(own.length ? [this.pick(source, own)] : []),
      ...(moments.length ? [`{ ${moments.map(name => `readonly ${name}: ${moment}`).join('; ')} }`] : []),
    ];
    return parts.join(' & ') || 'object';
  }

  private partType(view: string, part: 'Features' | 'Labels'): string {
    const name = `${pascalCase(view)}${part}`;
    if (view !== this.own) this.imports.add(name, `./${this.program.viewFiles.get(view)!}.js`);
    return name;
  }
}

function picked(type: string, columns: readonly string[]): string {
  if (columns.length === 0) return 'object';
  const names = columns.map(stringLiteral);
  const line = `Pick<${type}, ${names.join(' | ')}>`;
  return line.length <= LONGEST ? line : `Pick<\n${type},\n${brokenUnion(names)}\n>`;
}

/** What a type may take of a line. */
const LONGEST = 60;
