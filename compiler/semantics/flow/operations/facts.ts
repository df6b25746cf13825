import type { Message } from '../../../diagnostics/define.ts';
import type { Fix, Label } from '../../../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../../../source/text.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import type { Program } from '../../program.ts';
import type { FlowFacts } from '../facts.ts';
import type { MetricFacts } from '../gates/intervals.ts';

/** What the rules about running things look at: the plan in the making, and the program for where things are written. */
export class Operations {
  readonly flow: FlowFacts;
  readonly program: Program;
  readonly metrics: ReadonlyMap<string, MetricFacts>;

  constructor(flow: FlowFacts, program: Program, metrics: ReadonlyMap<string, MetricFacts>) {
    this.flow = flow;
    this.program = program;
    this.metrics = metrics;
  }

  get draft(): FlowFacts['draft'] {
    return this.flow.draft;
  }

  /** Declarations of a kind that are in the plan, by their names there, which are unique in a project. */
  *each<K extends ast.Declaration['kind'], T>(
    kind: K,
    planned: Readonly<Record<string, T>>,
  ): Iterable<readonly [Extract<ast.Declaration, { kind: K }>, T]> {
    for (const declaration of this.program.declarations(kind)) {
      const found = planned[declaration.name.text];
      if (found !== undefined) yield [declaration, found];
    }
  }

  report<A>(
    message: Message<A>,
    facts: A,
    file: SourceFile,
    span: Span,
    more: { readonly labels?: readonly (Label | undefined)[]; readonly fixes?: readonly Fix[] } = {},
  ): void {
    const labels = (more.labels ?? []).filter(label => label !== undefined);
    this.flow.diagnostics.push(
      message(facts, { file, span, labels, ...(more.fixes ? { fixes: more.fixes } : {}) }),
    );
  }

  /** Where something stands in a declaration. */
  label(declaration: ast.Declaration, span: Span, message: string): Label {
    return { file: this.program.fileOf(declaration), span, message };
  }
}

/** The first item of a kind. */
export function itemOf<T extends ast.Node, K extends T['kind']>(
  items: readonly T[],
  kind: K,
): Extract<T, { readonly kind: K }> | undefined {
  return items.find((item): item is Extract<T, { readonly kind: K }> => item.kind === kind);
}
