import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { flowMessages } from '../../diagnostics/messages/flow.ts';
import { ChainTooLong, MAX_LINKS } from '../../semantics/chain.ts';
import { folded } from '../../semantics/checker/same-but-case.ts';
import type { Program } from '../../semantics/program.ts';
import type { SourceFile, Span } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { At, Expr, SourcePosition } from '../plan.ts';
import { children } from '../walk.ts';

/** A position as the compiler knows it: what diagnostics need. */
export interface Place {
  readonly file: SourceFile;
  readonly span: Span;
}

/** What all builders share: the program, the positions given out, the names of declarations. */
export class BuildContext {
  readonly program: Program;
  readonly places: Place[] = [];
  readonly diagnostics: Diagnostic[] = [];
  private readonly names = new Map<ast.Declaration, string>();
  private readonly taken = new Set<string>();
  private readonly functions = new Map<ast.Declaration, string>();
  /** Tables that components make: engines do not tell capital letters from small ones. */
  private readonly tables = new Set<string>();
  /** Nodes of expressions made so far, and whether they became too many: functions that double at each level do that. */
  private size = 0;
  private readonly heights = new WeakMap<Expr, number>();

  /** All metrics and service measures of the project and the library. */
  readonly metrics = new Map<string, ast.MetricDeclaration>();
  private links = 0;
  private readonly ensureTable: (declaration: ast.Declaration) => void;

  constructor(program: Program, ensureTable: (declaration: ast.Declaration) => void) {
    this.program = program;
    for (const module of program.modules.values())
      for (const declaration of module.tree.declarations)
        if (declaration.kind === 'Metric') this.metrics.set(declaration.name.text, declaration);
    this.ensureTable = ensureTable;
  }

  /** Sees to it that a component's value or a view is built before it is looked up. */
  ensure(declaration: ast.Declaration): void {
    if (++this.links > MAX_LINKS) throw new ChainTooLong(declaration);
    this.ensureTable(declaration);
    this.links--;
  }

  /** A new position; one that is named twice is in the plan twice, which costs less than to search for it. */
  at(file: SourceFile, span: Span): At {
    return this.places.push({ file, span }) - 1;
  }

  /** The plan's positions, worked out when they are asked for: a check does not need lines. */
  positions(): SourcePosition[] {
    return this.places.map(({ file, span }) => {
      const from = file.position(span.start);
      const to = file.position(span.end);
      return {
        file: file.path,
        line: from.line,
        column: from.column,
        endLine: to.line,
        endColumn: to.column,
      };
    });
  }

  /** The name under which the plan has a declaration: its own, with a number where two files use one name. */
  nameOf(declaration: ast.Declaration): string {
    const known = this.names.get(declaration);
    if (known !== undefined) return known;
    const own = declaration.name.text;
    let name = own;
    for (let n = 2; this.isTaken(declaration.kind, name); n++) name = `${own}_${n}`;
    this.taken.add(name);
    if (declaration.kind === 'Let') this.tables.add(folded(name));
    this.names.set(declaration, name);
    return name;
  }

  /** The same of a function of the team's code, whose names are apart from those of declarations. */
  functionOf(declaration: ast.FunctionDeclaration): string {
    const known = this.functions.get(declaration);
    if (known !== undefined) return known;
    const own = declaration.name.text;
    const taken = new Set(this.functions.values());
    let name = own;
    for (let n = 2; taken.has(name); n++) name = `${own}_${n}`;
    this.functions.set(declaration, name);
    return name;
  }

  private isTaken(kind: ast.Declaration['kind'], name: string): boolean {
    return this.taken.has(name) || (kind === 'Let' && this.tables.has(folded(name)));
  }

  /** The declaration that a written name means, if it is of one of these kinds. */
  declared<K extends ast.Declaration['kind']>(
    name: ast.Name | undefined,
    ...kinds: readonly K[]
  ): Extract<ast.Declaration, { kind: K }> | undefined {
    const symbol = name && this.program.symbolOf(name);
    if (symbol?.kind !== 'declaration') return undefined;
    const { declaration } = symbol;
    return (kinds as readonly string[]).includes(declaration.kind)
      ? (declaration as Extract<ast.Declaration, { kind: K }>)
      : undefined;
  }

  /** A constant as a number, or undefined: a literal, a let, a param. */
  number(expression: ast.Expression | undefined): number | undefined {
    const value = expression && this.program.constantOf(expression);
    return typeof value === 'number'
      ? value
      : typeof value === 'string' && /^-?\d+$/.test(value)
        ? Number(value)
        : undefined;
  }

  text(expression: ast.Expression | undefined): string | undefined {
    const value = expression && this.program.constantOf(expression);
    return typeof value === 'string' ? value : undefined;
  }

  /** Counts an expression's node; true, and reported once, when there are more than any pipeline needs. */
  grows(file: SourceFile, span: Span): boolean {
    this.size += 1;
    if (this.size === maximumNodes + 1)
      this.diagnostics.push(flowMessages.tooLarge({ limit: maximumNodes }, { file, span }));
    return this.size > maximumNodes;
  }

  /** The nodes made so far: what is larger by less than the bound cannot be higher. */
  get nodes(): number {
    return this.size;
  }

  /** How many nodes lie above one another; found without recursion, as the tree may be too high for it. */
  height(root: Expr): number {
    const { heights } = this;
    const todo = [root];
    for (let expr = todo.at(-1); expr !== undefined; expr = todo.at(-1)) {
      const below = children(expr);
      const open = heights.has(expr) ? [] : below.filter(part => !heights.has(part));
      if (open.length > 0) todo.push(...open);
      else {
        todo.pop();
        heights.set(expr, 1 + below.reduce((most, part) => Math.max(most, heights.get(part)!), 0));
      }
    }
    return heights.get(root)!;
  }
}

/** Of an expression with all functions put in: what reads plans, and DuckDB, take it apart by recursion. */
export const maximumHeight = 1000;

/** A plan of this many expression nodes is some hundred megabytes. */
export const maximumNodes = 500_000;

/** A `doc` field if there is a text. */
export const docOf = (node: { readonly doc?: string }): { doc?: string } =>
  node.doc === undefined ? {} : { doc: node.doc };
