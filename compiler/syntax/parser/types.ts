import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { MAX_DEPTH } from './base.ts';
import { type Alternative, braces, type Grammar, type Rule } from './grammar.ts';
import { closing } from './primaries.ts';

export interface TypeRules {
  readonly type: Rule<ast.TypeExpression>;
  readonly typeBody: Rule<ast.TypeBody>;
  readonly listType: Rule<ast.ListType>;
  readonly vectorType: Rule<ast.VectorType>;
  readonly enumType: Rule<ast.EnumType>;
  readonly refinement: Rule<ast.Refinement>;
  readonly annotationUse: Rule<ast.Annotation>;
}

/** `string? matching r"…" @unit("miles")` */
export function installTypes(p: Grammar): void {
  p.RULE('type', (): ast.TypeExpression => {
    // An annotation begins no type: the type before it is missing.
    const start = p.is(t.At) ? p.end() : p.start();
    const body = p.SUBRULE(p.typeBody);
    p.recovery?.typeArguments(body);
    const optional = p.may(t.Question) && p.OPTION(() => p.CONSUME(t.Question)) !== undefined;
    const refinements: ast.Refinement[] = [];
    if (p.may(kw.in) || p.may(kw.matching)) p.MANY1(() => refinements.push(p.SUBRULE(p.refinement)));
    const annotations: ast.Annotation[] = [];
    if (p.may(t.At)) {
      const end = p.end();
      p.MANY2(() => annotations.push(p.SUBRULE(p.annotationUse)));
      p.astrayAnnotations(start, end, annotations);
    }
    return { kind: 'Type', body, optional, refinements, annotations, span: p.from(start) };
  });

  const bodies: readonly Alternative<ast.TypeBody>[] = [
    { GATE: () => p.is(kw.vector) && p.is(t.LParen, 2), ALT: () => p.SUBRULE(p.vectorType) },
    { GATE: () => p.is(kw.enum) && p.is(t.LCurly, 2), ALT: () => p.SUBRULE(p.enumType) },
    {
      // `table Row`; a type called `table` is followed by no name.
      GATE: () => p.is(kw.table) && p.isName(2) && !p.is(t.Colon, 3),
      ALT: (): ast.TableType => {
        const start = p.CONSUME(kw.table).startOffset;
        const row = p.nameOf(p.CONSUME1(t.Identifier));
        return { kind: 'TableType', row, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.listType) },
    {
      ALT: (): ast.NamedType => {
        const name = p.nameOf(p.CONSUME2(t.Identifier));
        return { kind: 'NamedType', name, span: name.span };
      },
    },
  ];
  const body = { DEF: bodies, ERR_MSG: 'a type, such as `int` or `string?`' };
  p.RULE('typeBody', () => p.OR(body) ?? { kind: 'MissingType', span: p.from(p.end()) });

  p.RULE('listType', (): ast.ListType => {
    const open = p.CONSUME(t.LSquare);
    p.depth++;
    const element = p.depth > MAX_DEPTH ? p.tooDeepType() : p.SUBRULE(p.type);
    p.depth--;
    closing(p, open, t.RSquare);
    return { kind: 'ListType', element, span: p.from(open.startOffset) };
  });
  p.RULE('vectorType', (): ast.VectorType => {
    const start = p.CONSUME(kw.vector).startOffset;
    const open = p.CONSUME(t.LParen);
    const length = p.SUBRULE(p.expression);
    closing(p, open, t.RParen);
    return { kind: 'VectorType', length, span: p.from(start) };
  });
  p.RULE('enumType', (): ast.EnumType => {
    const start = p.CONSUME(kw.enum).startOffset;
    const members = braces(p, 'enum', () => p.nameOf(p.CONSUME(t.Identifier)));
    return { kind: 'EnumType', members, span: p.from(start) };
  });

  p.RULE('refinement', (): ast.Refinement => {
    const start = p.LA(1).startOffset;
    return p.OR1([
      {
        ALT: () => {
          p.CONSUME(kw.in);
          const items = p.recovery?.setInBrackets();
          if (items) return { kind: 'SetRefinement', items, span: p.from(start) };
          return (
            p.OR2([
              {
                IGNORE_AMBIGUITIES: true,
                ALT: (): ast.Refinement => {
                  const items = p.SUBRULE(p.setItems);
                  return { kind: 'SetRefinement', items, span: p.from(start) };
                },
              },
              {
                ALT: (): ast.Refinement => {
                  const range = p.SUBRULE(p.range);
                  return { kind: 'RangeRefinement', range, span: p.from(start) };
                },
              },
            ]) ?? { kind: 'RangeRefinement', range: p.recovery!.missingRange(), span: p.from(start) }
          );
        },
      },
      {
        ALT: (): ast.Refinement => {
          p.CONSUME(kw.matching);
          const pattern = p.SUBRULE(p.pattern);
          return { kind: 'MatchingRefinement', pattern, span: p.from(start) };
        },
      },
    ]);
  });

  p.RULE('annotationUse', (): ast.Annotation => {
    const start = p.CONSUME(t.At).startOffset;
    const name = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of an annotation' }));
    const args = p.may(t.LParen) ? (p.OPTION(() => p.SUBRULE(p.plainArguments)) ?? []) : [];
    return { kind: 'Annotation', name, args, span: p.from(start) };
  });
}
