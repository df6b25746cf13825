import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText, memoryHost } from '../../support/specs.ts';

/** What fits what, written by hand: the library must agree with it. Rows are in the order of the library. */
const labels = {
  binary: { label: 'bought', as: '' },
  multiclass: { label: 'plan', as: '' },
  regression: { label: 'pages', as: '' },
  ranking: { label: 'pages', as: ' as ranking by site' },
  forecast: { label: 'pages', as: ' as forecast' },
  multilabel: { label: 'tags', as: ' as multilabel' },
} as const;
type Task = keyof typeof labels;
const tasks = Object.keys(labels) as Task[];

const trainers: Readonly<Record<string, readonly Task[]>> = {
  gradient_boosting: ['binary', 'multiclass', 'regression'],
  logistic_regression: ['binary', 'multiclass'],
  linear_regression: ['regression'],
  constant: ['binary', 'multiclass', 'regression'],
};

const metrics: Readonly<Record<string, readonly [tasks: readonly Task[], better: 'higher' | 'lower']>> = {
  auc: [['binary', 'multiclass'], 'higher'],
  average_precision: [['binary'], 'higher'],
  log_loss: [['binary', 'multiclass'], 'lower'],
  brier: [['binary'], 'lower'],
  accuracy: [['binary', 'multiclass'], 'higher'],
  precision: [['binary'], 'higher'],
  recall: [['binary'], 'higher'],
  f1: [['binary'], 'higher'],
  calibration_error: [['binary'], 'lower'],
  macro_f1: [['multiclass'], 'higher'],
  mae: [['regression'], 'lower'],
  rmse: [['regression'], 'lower'],
  r2: [['regression'], 'higher'],
  mape: [['regression'], 'lower'],
  median_absolute_error: [['regression'], 'lower'],
};

function spec(
  task: Task,
  items: string,
  names: { trainers: string[]; metrics: string[] },
  more = '',
): string {
  const { label, as } = labels[task];
  return `import std.sources { csv }
import std.learn { ${[...new Set(names.trainers)].join(', ')} }
import std.metrics { ${[...new Set(names.metrics)].join(', ')} }
enum Plan { free, team, business }
schema Visit { day: datetime @event_time  site: string  plan: Plan  pages: int  bought: bool  tags: [string]  hits: int }
source visits: Visit = csv("v.csv")
features F from visits at day {
  use hits
  label y = ${label}
}
model m {
  features F
  predict y${as}
  split by time { train 70%  validation 15%  test 15% }
  seed 1
  ${items}
}
${more}`;
}

/** Codes of the errors of tasks. */
const codes = (text: string): string[] =>
  compileText(text)
    .diagnostics.map(d => d.code)
    .filter(code => code.startsWith('MLP55'));
const fitting = (task: Task, of: Readonly<Record<string, readonly unknown[]>>): string[] =>
  Object.keys(of).filter(name => [of[name]].flat(2).includes(task));

test('the tables name every trainer and metric of the library', () => {
  const declared = (file: string, word: string): string[] => {
    const text = new TextDecoder().decode(memoryHost({}).readFile(file));
    return [...text.matchAll(new RegExp(`^${word} (\\w+)`, 'gm'))].map(match => match[1]!);
  };
  assert.equal(declared('std/learn.mlp', 'trainer'), Object.keys(trainers));
  assert.equal(declared('std/metrics.mlp', 'metric'), Object.keys(metrics));
});

for (const task of tasks) {
  const [trainer = 'constant'] = fitting(task, trainers);
  const trained = fitting(task, trainers).length > 0;
  const [metric = 'auc'] = fitting(task, metrics);

  test(`${task}: trainers, as model and as baseline`, () => {
    for (const [name, fits] of Object.entries(trainers)) {
      const items = `train ${name}()\n  evaluate ${metric}`;
      const alone = codes(spec(task, items, { trainers: [name], metrics: [metric] }));
      assert.is(alone.includes('MLP5500'), !fits.includes(task), `${name} for ${task}: ${alone}`);
      if (!trained) continue;
      const both = `train ${trainer}()\n  baseline ${name}()\n  evaluate ${metric}`;
      const found = codes(spec(task, both, { trainers: [trainer, name], metrics: [metric] }));
      assert.is(found.includes('MLP5500'), !fits.includes(task), `baseline ${name} for ${task}: ${found}`);
      assert.is(found.includes('MLP5514'), name === trainer);
    }
  });

  test(`${task}: metrics, evaluated, tuned in both directions, in a gate and in a monitor`, () => {
    for (const [name, [fits, better]] of Object.entries(metrics)) {
      const unfit = fits.includes(task) ? [] : ['MLP5501'];
      const said = (items: string, more = ''): string[] =>
        codes(
          spec(
            task,
            `train ${trainer}()\n  ${items}`,
            { trainers: [trainer], metrics: [metric, name] },
            more,
          ),
        ).filter(code => code !== 'MLP5500' || trained);
      assert.equal(said(`evaluate ${name}`), unfit, `${name} for ${task}`);
      if (!trained) continue;
      assert.equal(
        said(`evaluate ${metric}\n  promote { require ${name} ${better === 'higher' ? '>=' : '<='} 0.5 }`),
        unfit,
      );
      const watched = `deployment d { serve m }\nmonitor w on d { every 1d  labels from visits on (day, site)  alert ${name} ${better === 'higher' ? '<' : '>'} 0.4 }`;
      assert.equal(said(`evaluate ${metric}`, watched), unfit, `${name} watched`);
      if (trainer !== 'gradient_boosting') continue;
      const wrong = unfit.length > 0 ? unfit : ['MLP5508'];
      const [right, turned] = better === 'higher' ? ['maximize', 'minimize'] : ['minimize', 'maximize'];
      const tune = (direction: string) =>
        `evaluate ${metric}\n  tune { depth: 4..8 } ${direction} ${name} with 3 trials`;
      assert.equal(said(tune(right!)), unfit, `${right} ${name}`);
      assert.equal(said(tune(turned!)), wrong, `${turned} ${name}`);
    }
  });
}

test('a threshold is for a binary task, and lies between', () => {
  for (const task of tasks.filter(one => fitting(one, trainers).length > 0)) {
    const [metric = ''] = fitting(task, metrics);
    const said = (value: string): string[] =>
      codes(
        spec(task, `train constant()\n  threshold ${value}\n  evaluate ${metric}`, {
          trainers: ['constant'],
          metrics: [metric],
        }),
      );
    assert.equal(said('0.3'), task === 'binary' ? [] : ['MLP5509']);
    for (const value of ['0.0', '1.0'])
      assert.equal(said(value), task === 'binary' ? ['MLP5513'] : ['MLP5509']);
  }
});

test.run();
