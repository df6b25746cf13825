import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, listed, meaning, type Rule } from './grammar.ts';

/** `model lateness { … }` */
export interface ModelRules {
  readonly modelDeclaration: Rule<ast.ModelDeclaration>;
  readonly modelItem: Rule<ast.ModelItem>;
  readonly modelFeatures: Rule<ast.ModelFeatures>;
  readonly without: Rule<readonly ast.Name[]>;
  readonly predict: Rule<ast.Predict>;
  readonly split: Rule<ast.Split>;
  readonly splitPart: Rule<ast.SplitPart>;
  readonly sample: Rule<ast.Sample>;
  readonly tune: Rule<ast.Tune>;
  readonly tuneParameter: Rule<ast.TuneParameter>;
  readonly evaluate: Rule<ast.Evaluate>;
  readonly slices: Rule<readonly ast.Slice[]>;
  readonly metricUse: Rule<ast.MetricUse>;
  readonly promote: Rule<ast.Promote>;
  readonly promoteRule: Rule<ast.Rule>;
}

const METRIC = { ERR_MSG: 'the name of a metric' };

export function installModel(p: Grammar): void {
  p.RULE('modelDeclaration', (): ast.ModelDeclaration => {
    p.CONSUME(kw.model);
    const name = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of the model' }));
    const items = braces(p, 'model', () => p.SUBRULE(p.modelItem));
    return { kind: 'Model', ...p.declared(name), items };
  });
  const items: readonly Alternative<ast.ModelItem>[] = [
    { ALT: () => p.SUBRULE(p.modelFeatures) },
    { ALT: () => p.SUBRULE(p.predict) },
    {
      ALT: () => {
        const start = p.CONSUME(kw.where).startOffset;
        const condition = p.SUBRULE1(p.expression);
        return { kind: 'Where', condition, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.split) },
    { ALT: () => p.SUBRULE(p.sample) },
    {
      ALT: () => {
        const start = p.CONSUME(kw.train).startOffset;
        const trainer = p.SUBRULE1(p.call);
        return { kind: 'Train', trainer, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.load).startOffset;
        const loader = p.SUBRULE2(p.call);
        return { kind: 'Load', loader, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.tune) },
    {
      ALT: () => {
        const start = p.CONSUME(kw.baseline).startOffset;
        const trainer = p.SUBRULE3(p.call);
        return { kind: 'Baseline', trainer, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.seed).startOffset;
        const value = p.SUBRULE2(p.expression);
        return { kind: 'Seed', value, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.threshold).startOffset;
        const value = p.SUBRULE3(p.expression);
        return { kind: 'Threshold', value, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.evaluate) },
    { ALT: () => p.SUBRULE(p.promote) },
    { ALT: () => p.SUBRULE(p.resourceItem) },
  ];
  p.RULE('modelItem', () => p.OR(items));
  installInputs(p);
  installSplit(p);
  installTune(p);
  installJudgement(p);
}

function installInputs(p: Grammar): void {
  p.RULE('modelFeatures', (): ast.ModelFeatures => {
    const start = p.CONSUME(kw.features).startOffset;
    const views = p.SUBRULE(p.names);
    const without = p.OPTION(() => p.SUBRULE(p.without)) ?? [];
    return { kind: 'ModelFeatures', views, without, span: p.from(start) };
  });
  p.RULE('without', () => {
    p.CONSUME(kw.without);
    return braces(p, 'names', () => p.nameOf(p.CONSUME(t.Identifier)));
  });

  p.RULE('predict', (): ast.Predict => {
    const start = p.CONSUME(kw.predict).startOffset;
    const label = p.nameOf(p.CONSUME1(t.Identifier, { ERR_MSG: 'the name of the label' }));
    const task = p.OPTION1(() => {
      p.CONSUME(kw.as);
      return p.nameOf(p.CONSUME2(t.Identifier, { ERR_MSG: 'a task, such as `ranking`' }));
    });
    const by = p.OPTION2(() => {
      p.CONSUME(kw.by);
      return p.nameOf(p.CONSUME3(t.Identifier, { ERR_MSG: 'the name of a column' }));
    });
    return {
      kind: 'Predict',
      label,
      ...(task === undefined ? {} : { task }),
      ...(by === undefined ? {} : { by }),
      span: p.from(start),
    };
  });

  p.RULE('sample', (): ast.Sample => {
    const start = p.CONSUME(kw.sample).startOffset;
    const size = p.SUBRULE(p.expression);
    const rows = p.OPTION(() => p.CONSUME(kw.rows)) !== undefined;
    return { kind: 'Sample', size, rows, span: p.from(start) };
  });
}

type SplitBy = Pick<ast.Split, 'by' | 'column'>;

/** `time`, `random`, `hash [column]` and `group column` are words only here; anything else is a column of time. */
function installSplit(p: Grammar): void {
  const ways: readonly Alternative<SplitBy>[] = [
    { IGNORE_AMBIGUITIES: true, ALT: () => meaning(p.CONSUME(kw.time), { by: 'time' }) },
    { IGNORE_AMBIGUITIES: true, ALT: () => meaning(p.CONSUME(kw.random), { by: 'random' }) },
    {
      IGNORE_AMBIGUITIES: true,
      ALT: () => {
        p.CONSUME(kw.hash);
        const column = p.OPTION(() => p.nameOf(p.CONSUME1(t.Identifier)));
        return column === undefined ? { by: 'hash' } : { by: 'hash', column };
      },
    },
    {
      GATE: () => p.isName(2),
      ALT: () => {
        p.CONSUME(kw.group);
        return { by: 'group', column: p.nameOf(p.CONSUME2(t.Identifier)) };
      },
    },
    { ALT: () => ({ by: 'time', column: p.nameOf(p.CONSUME3(t.Identifier)) }) },
  ];
  const way = { DEF: ways, ERR_MSG: '`time`, `hash`, `group column` or a column of time' };
  p.RULE('split', (): ast.Split => {
    const start = p.CONSUME(kw.split).startOffset;
    p.CONSUME(kw.by);
    const from = p.start();
    const by = p.OR(way) ?? { by: 'time' };
    const bySpan = p.from(from);
    const parts = braces(p, 'split', () => p.SUBRULE(p.splitPart));
    return { kind: 'Split', ...by, bySpan, parts, span: p.from(start) };
  });
  p.RULE('splitPart', (): ast.SplitPart => {
    const part = p.nameOf(p.CONSUME(t.Identifier));
    p.recovery?.needlessSign();
    const last = p.OPTION(() => p.CONSUME(kw.last)) !== undefined;
    const size = p.SUBRULE(p.expression);
    return { kind: 'SplitPart', part, last, size, span: p.from(part.span.start) };
  });
}

function installTune(p: Grammar): void {
  const directions = {
    DEF: [
      { ALT: () => meaning(p.CONSUME(kw.maximize), 'maximize' as const) },
      { ALT: () => meaning(p.CONSUME(kw.minimize), 'minimize' as const) },
    ],
    ERR_MSG: '`maximize` or `minimize` and a metric',
  };
  p.RULE('tune', (): ast.Tune => {
    const start = p.CONSUME(kw.tune).startOffset;
    const parameters = braces(p, 'tune', () => p.SUBRULE(p.tuneParameter));
    const direction = p.OR(directions) ?? 'maximize';
    const metric = p.nameOf(p.CONSUME(t.Identifier, METRIC));
    p.CONSUME(kw.with);
    const trials = p.SUBRULE(p.expression);
    p.CONSUME(kw.trials);
    return { kind: 'Tune', parameters, direction, metric, trials, span: p.from(start) };
  });

  p.RULE('tuneParameter', (): ast.TuneParameter => {
    const name = p.nameOf(p.CONSUME(t.Identifier));
    p.CONSUME(t.Colon);
    const listed = p.recovery?.setInBrackets();
    if (listed)
      return { kind: 'TuneParameter', name, choices: listed, log: false, span: p.from(name.span.start) };
    const values: Pick<ast.TuneParameter, 'choices' | 'range'> = p.OR<
      Pick<ast.TuneParameter, 'choices' | 'range'>
    >([
      { IGNORE_AMBIGUITIES: true, ALT: () => ({ choices: p.SUBRULE(p.setItems) }) },
      { ALT: () => ({ range: p.SUBRULE(p.range) }) },
    ]) ?? { range: p.recovery!.missingRange() };
    const log = p.OPTION({ GATE: () => !p.named(), DEF: () => p.CONSUME(kw.log) }) !== undefined;
    return { kind: 'TuneParameter', name, ...values, log, span: p.from(name.span.start) };
  });
}

function installJudgement(p: Grammar): void {
  p.RULE('evaluate', (): ast.Evaluate => {
    const start = p.CONSUME(kw.evaluate).startOffset;
    const metrics = listed(
      p,
      () => p.SUBRULE1(p.metricUse),
      () => p.SUBRULE2(p.metricUse),
    );
    const by = p.OPTION(() => p.SUBRULE(p.slices)) ?? [];
    return { kind: 'Evaluate', metrics, by, span: p.from(start) };
  });
  p.RULE('slices', () => {
    p.CONSUME(kw.by);
    return listed(
      p,
      () => p.SUBRULE1(p.columns),
      () => p.SUBRULE2(p.columns),
    );
  });
  p.RULE('metricUse', (): ast.MetricUse => {
    const name = p.nameOf(p.CONSUME(t.Identifier, METRIC));
    const args = p.OPTION(() => p.SUBRULE(p.plainArguments)) ?? [];
    return { kind: 'MetricUse', name, args, span: p.from(name.span.start) };
  });

  p.RULE('promote', (): ast.Promote => {
    const start = p.CONSUME(kw.promote).startOffset;
    const rules = braces(p, 'promote', () => p.SUBRULE(p.promoteRule));
    return { kind: 'Promote', rules, span: p.from(start) };
  });
  const rules: readonly Alternative<ast.Rule>[] = [
    { ALT: () => p.SUBRULE(p.requirement) },
    { ALT: () => p.SUBRULE(p.approval) },
  ];
  p.RULE('promoteRule', () => p.OR(rules));
}
