import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, meaning, type Rule } from './grammar.ts';

/** Schemas, constants, and where rows come from and go to. */
export interface DataRules {
  readonly schemaDeclaration: Rule<ast.SchemaDeclaration>;
  readonly field: Rule<ast.Field>;
  readonly enumDeclaration: Rule<ast.EnumDeclaration>;
  readonly enumMember: Rule<ast.EnumMember>;
  readonly paramDeclaration: Rule<ast.ParamDeclaration>;
  readonly letDeclaration: Rule<ast.LetDeclaration>;
  readonly connectionDeclaration: Rule<ast.ConnectionDeclaration>;
  readonly sourceDeclaration: Rule<ast.SourceDeclaration>;
  readonly sourceItem: Rule<ast.SourceItem>;
  readonly violations: Rule<ast.ViolationsClause>;
  readonly partition: Rule<ast.PartitionClause>;
  readonly sinkDeclaration: Rule<ast.SinkDeclaration>;
  readonly validationDeclaration: Rule<ast.ValidationDeclaration>;
}

const named = (what: string) => ({ ERR_MSG: `the name of the ${what}` });
const COLUMN = { ERR_MSG: 'the name of a column' };
const ROW = { ERR_MSG: '`:` and the schema of its rows' };
const SCHEMA = { ERR_MSG: 'the name of a schema' };

export function installData(p: Grammar): void {
  installSchemas(p);
  installConstants(p);
  installSources(p);
}

function installSchemas(p: Grammar): void {
  const name = named('schema');
  p.RULE('schemaDeclaration', (): ast.SchemaDeclaration => {
    p.CONSUME(kw.schema);
    const schema = p.nameOf(p.CONSUME1(t.Identifier, name));
    const base = p.OPTION(() => {
      p.CONSUME(kw.extends);
      return p.nameOf(p.CONSUME2(t.Identifier, SCHEMA));
    });
    const fields = braces(p, 'schema', () => p.SUBRULE(p.field));
    return { kind: 'Schema', ...p.declared(schema), ...(base === undefined ? {} : { base }), fields };
  });
  p.RULE('field', (): ast.Field => {
    const start = p.start();
    const doc = p.doc();
    const before: ast.Annotation[] = [];
    if (p.may(t.At)) p.MANY(() => before.push(p.SUBRULE(p.annotationUse)));
    const column = p.nameOf(p.CONSUME(t.Identifier, COLUMN));
    p.CONSUME(t.Colon, { ERR_MSG: '`:` and the type of the column' });
    const type = p.SUBRULE(p.type);
    const annotations = before.length === 0 ? type.annotations : before.concat(type.annotations);
    const span = p.from(start);
    if (doc === undefined) return { kind: 'Field', name: column, type, annotations, span };
    return { kind: 'Field', name: column, type, doc, annotations, span };
  });

  const enumName = named('enum');
  p.RULE('enumDeclaration', (): ast.EnumDeclaration => {
    p.CONSUME(kw.enum);
    const name = p.nameOf(p.CONSUME(t.Identifier, enumName));
    const members = braces(p, 'enum', () => p.SUBRULE(p.enumMember));
    return { kind: 'Enum', ...p.declared(name), members };
  });
  p.RULE('enumMember', (): ast.EnumMember => {
    const doc = p.doc();
    const name = p.nameOf(p.CONSUME(t.Identifier));
    return { kind: 'EnumMember', name, ...(doc === undefined ? {} : { doc }), span: name.span };
  });
}

function installConstants(p: Grammar): void {
  const paramName = named('parameter');
  p.RULE('paramDeclaration', (): ast.ParamDeclaration => {
    p.CONSUME(kw.param);
    const name = p.nameOf(p.CONSUME(t.Identifier, paramName));
    p.CONSUME(t.Colon, { ERR_MSG: '`:` and the type of the parameter' });
    const type = p.SUBRULE(p.type);
    const value = p.OPTION(() => {
      p.CONSUME(t.Equals);
      return p.SUBRULE(p.expression);
    });
    return { kind: 'Param', ...p.declared(name), type, ...(value === undefined ? {} : { value }) };
  });

  const letName = named('constant');
  p.RULE('letDeclaration', (): ast.LetDeclaration => {
    p.CONSUME(kw.let);
    const name = p.nameOf(p.CONSUME(t.Identifier, letName));
    const type = p.OPTION(() => {
      p.CONSUME(t.Colon);
      return p.SUBRULE(p.type);
    });
    p.CONSUME(t.Equals, { ERR_MSG: '`=` and a value' });
    const value = p.SUBRULE(p.expression);
    return { kind: 'Let', ...p.declared(name), ...(type === undefined ? {} : { type }), value };
  });

  const connectionName = named('connection');
  p.RULE('connectionDeclaration', (): ast.ConnectionDeclaration => {
    p.CONSUME(kw.connection);
    const name = p.nameOf(p.CONSUME(t.Identifier, connectionName));
    p.CONSUME(t.Equals, { ERR_MSG: '`=` and what it connects to' });
    const value = p.SUBRULE(p.call);
    return { kind: 'Connection', ...p.declared(name), value };
  });
}

const GRAINS = ['hourly', 'daily', 'weekly', 'monthly'] as const;
const ACTIONS = ['drop', 'quarantine'] as const;

function installSources(p: Grammar): void {
  const sourceName = named('source');
  p.RULE('sourceDeclaration', (): ast.SourceDeclaration => {
    p.CONSUME(kw.source);
    const name = p.nameOf(p.CONSUME1(t.Identifier, sourceName));
    p.CONSUME(t.Colon, ROW);
    const row = p.nameOf(p.CONSUME2(t.Identifier, SCHEMA));
    p.CONSUME(t.Equals, { ERR_MSG: '`=` and where its rows come from' });
    const value = p.SUBRULE(p.call);
    const items = p.OPTION(() => braces(p, 'source', () => p.SUBRULE(p.sourceItem))) ?? [];
    return { kind: 'Source', ...p.declared(name), row, value, items };
  });
  installSourceItems(p);

  const sinkName = named('sink');
  p.RULE('sinkDeclaration', (): ast.SinkDeclaration => {
    p.CONSUME(kw.sink);
    const name = p.nameOf(p.CONSUME1(t.Identifier, sinkName));
    p.CONSUME(t.Colon, ROW);
    const row = p.nameOf(p.CONSUME2(t.Identifier, SCHEMA));
    p.CONSUME(t.Equals, { ERR_MSG: '`=` and where its rows go' });
    const value = p.SUBRULE(p.call);
    return { kind: 'Sink', ...p.declared(name), row, value };
  });

  const validationName = named('validation');
  p.RULE('validationDeclaration', (): ast.ValidationDeclaration => {
    p.CONSUME(kw.validation);
    const name = p.nameOf(p.CONSUME1(t.Identifier, validationName));
    p.CONSUME(kw.on);
    const on = p.nameOf(p.CONSUME2(t.Identifier, { ERR_MSG: 'the name of a source' }));
    const rules = braces(p, 'validation', () => p.SUBRULE(p.requirement));
    return { kind: 'Validation', ...p.declared(name), on, rules };
  });
}

function installSourceItems(p: Grammar): void {
  const items: readonly Alternative<ast.SourceItem>[] = [
    { ALT: () => p.SUBRULE(p.violations) },
    { ALT: () => p.SUBRULE(p.partition) },
    {
      ALT: () => {
        const start = p.CONSUME(kw.watermark).startOffset;
        const column = p.nameOf(p.CONSUME(t.Identifier, COLUMN));
        return { kind: 'Watermark', column, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.fresh).startOffset;
        p.CONSUME(kw.within);
        const within = p.SUBRULE1(p.expression);
        return { kind: 'Fresh', within, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.lag).startOffset;
        const lag = p.SUBRULE2(p.expression);
        return { kind: 'Lag', lag, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.resourceItem) },
  ];
  p.RULE('sourceItem', () => p.OR(items));

  const actions = ACTIONS.map(action => ({ ALT: () => meaning(p.CONSUME(kw[action]), action) }));
  p.RULE('violations', (): ast.ViolationsClause => {
    const start = p.start();
    const action = p.OR(actions);
    const share = p.OPTION(() => {
      p.CONSUME(kw.up);
      p.CONSUME(kw.to);
      return p.SUBRULE(p.expression);
    });
    const span = p.from(start);
    return share === undefined
      ? { kind: 'Violations', action, span }
      : { kind: 'Violations', action, share, span };
  });

  const grains = {
    DEF: GRAINS.map(grain => ({ ALT: () => meaning(p.CONSUME(kw[grain]), grain) })),
    ERR_MSG: '`hourly`, `daily`, `weekly` or `monthly`',
  };
  p.RULE('partition', (): ast.PartitionClause => {
    const start = p.CONSUME(kw.partitioned).startOffset;
    p.CONSUME(kw.by);
    const column = p.nameOf(p.CONSUME(t.Identifier, COLUMN));
    const grain = p.OR(grains) ?? 'daily';
    return { kind: 'Partition', column, grain, span: p.from(start) };
  });
}
