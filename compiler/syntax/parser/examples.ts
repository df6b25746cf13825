import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, type Rule } from './grammar.ts';
import { stringOf } from './literals.ts';

/** `test "an evening flight" of Departure { … }` */
export interface ExampleRules {
  readonly testDeclaration: Rule<ast.TestDeclaration>;
  readonly testItem: Rule<ast.TestItem>;
  readonly given: Rule<ast.Given>;
  readonly learning: Rule<ast.TestItem>;
}

export function installExamples(p: Grammar): void {
  p.RULE('testDeclaration', (): ast.TestDeclaration => {
    p.CONSUME(kw.test);
    const title = stringOf(p.CONSUME(t.StringText, { ERR_MSG: 'a title in quotes' }));
    const name: ast.Name = { kind: 'Name', text: title.value, quoted: true, span: title.span };
    p.CONSUME(kw.of);
    const of = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of what is tested' }));
    const items = braces(p, 'test', () => p.SUBRULE(p.testItem));
    return { kind: 'Test', ...p.declared(name), title: title.value, of, items };
  });
  const items: readonly Alternative<ast.TestItem>[] = [
    { ALT: () => p.SUBRULE(p.given) },
    {
      ALT: () => {
        const start = p.CONSUME(kw.at).startOffset;
        const value = p.SUBRULE1(p.expression);
        return { kind: 'AtMoment', value, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.expect).startOffset;
        const condition = p.SUBRULE2(p.expression);
        return { kind: 'Expect', condition, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.learning) },
  ];
  p.RULE('testItem', () => p.OR(items));

  const values = {
    DEF: [
      { ALT: () => p.SUBRULE(p.recordLiteral) },
      { ALT: () => p.SUBRULE(p.listLiteral) },
    ] as readonly Alternative<ast.Given['value']>[],
    ERR_MSG: 'a row `{ … }`, or rows `[ { … } ]`',
  };
  p.RULE('given', (): ast.Given => {
    const start = p.CONSUME(kw.given).startOffset;
    const source = p.OPTION(() => p.nameOf(p.CONSUME(t.Identifier)));
    const value = p.OR(values) ?? p.recovery!.missing();
    return { kind: 'Given', ...(source === undefined ? {} : { source }), value, span: p.from(start) };
  });
  installLearning(p);
}

function installLearning(p: Grammar): void {
  const alternatives: readonly Alternative<ast.TestItem>[] = [
    {
      ALT: () => {
        const start = p.CONSUME(kw.converges).startOffset;
        p.CONSUME1(kw.on);
        const rows = p.SUBRULE1(p.expression);
        p.CONSUME1(kw.rows);
        return { kind: 'Converges', rows, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.overfits).startOffset;
        const rows = p.SUBRULE2(p.expression);
        p.CONSUME2(kw.rows);
        return { kind: 'Overfits', rows, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.stays).startOffset;
        p.CONSUME(kw.finite);
        return { kind: 'StaysFinite', span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.runs).startOffset;
        p.CONSUME3(kw.on);
        const rows = p.SUBRULE3(p.expression);
        p.CONSUME3(kw.rows);
        return { kind: 'RunsOn', rows, span: p.from(start) };
      },
    },
  ];
  p.RULE('learning', () => p.OR(alternatives));
}
