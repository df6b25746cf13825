/** The learning steps on real rows, one after another in this process: what a pod would do, without a store. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Condition, Expr, Model, Plan, Type } from '../../../compiler/plan/plan.ts';
import { buildSteps } from '../../../compiler/plan/steps.ts';
import type { Program, StepResult } from '../../../runtime/engine/contract.ts';
import { executeStep } from '../../../runtime/engine/execute.ts';
import { runners } from '../../../runtime/engine/runners.ts';
import { defaultParams } from '../../../runtime/engine/step.ts';

const float: Type = { kind: 'float', optional: false };
const bool: Type = { kind: 'bool', optional: false };

export const metric = (name: string, of: 'model' | 'baseline' | 'champion' = 'model'): Expr => ({
  op: 'metric',
  metric: name,
  of,
  args: {},
  type: { ...float, optional: of === 'champion' },
  at: 0,
});
export const number = (value: number): Expr => ({ op: 'literal', value, type: float, at: 0 });
export const call = (fn: string, ...args: Expr[]): Expr => ({ op: 'call', fn, args, type: bool, at: 0 });
export const rule = (condition: Expr, text: string, more: Partial<Condition> = {}): Condition => ({
  severity: 'require',
  condition,
  text,
  forEach: null,
  times: 1,
  policy: null,
  at: 0,
  ...more,
});

/** Rows whose label follows x, but for some noise; `city` is one of three, `day` counts up from 2024-01-01. */
export function csvOf(rows: number, from = 0): string {
  const lines = ['day,x,z,city,late'];
  for (let i = from; i < from + rows; i++) {
    const noise = Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1;
    const x = Math.abs(Math.sin(i * 78.233) * 12543.987) % 1;
    const day = new Date(Date.UTC(2024, 0, 1) + i * 3_600_000).toISOString().slice(0, 19);
    const city = ['Rome', 'Oslo', 'Lima'][Math.floor(noise * 7919) % 3]!;
    lines.push(`${day},${x.toFixed(6)},${noise.toFixed(6)},${city},${x + 0.4 * noise > 0.7}`);
  }
  return `${lines.join('\n')}\n`;
}

const types: Readonly<Record<string, { type: Type; sqlType: string }>> = {
  day: { type: { kind: 'datetime', optional: false }, sqlType: 'TIMESTAMP' },
  x: { type: float, sqlType: 'DOUBLE' },
  z: { type: float, sqlType: 'DOUBLE' },
  city: { type: { kind: 'string', optional: false }, sqlType: 'VARCHAR' },
  late: { type: bool, sqlType: 'BOOLEAN' },
};

const column = (name: string): Expr => ({
  op: 'column',
  of: 'row',
  column: name,
  type: types[name]!.type,
  at: 0,
});
const feature = (name: string, label = false) => ({
  name,
  label,
  type: types[name]!.type,
  expr: column(name),
  known: { latest: [] },
  tags: [],
  text: name,
  at: 0,
});

export function programOf(
  rules: readonly Condition[],
  features = ['x', 'city'],
  model: Partial<Model> = {},
): Program {
  const builtin = (target: string) => ({ language: 'builtin' as const, target, args: [], packages: [] });
  const trainer = (name: string, params = {}) => ({
    trainer: name,
    params,
    run: builtin(name),
    acceptsMissing: true,
    acceptsCategories: true,
    at: 0,
  });
  const use = (name: string, direction: 'higher' | 'lower') => ({
    metric: name,
    args: {},
    run: builtin(name),
    direction,
    min: 0,
    max: null,
    at: 0,
  });
  const plan = {
    version: 'plan/1',
    hash: 'h',
    compiler: '0',
    environment: null,
    files: ['main.mlp'],
    positions: [{ file: 'main.mlp', line: 1, column: 1, endLine: 1, endColumn: 2 }],
    params: {},
    schemas: {
      Row: {
        columns: Object.entries(types).map(([name, { type }]) => ({
          name,
          type,
          known: { latest: [] },
          tags: [],
          at: 0,
        })),
        eventTime: 'day',
        key: [],
        at: 0,
      },
    },
    sources: {
      rides: {
        schema: 'Row',
        from: { name: 'csv', args: { path: 'rides.csv', separator: ',', missing: null }, at: 0 },
        violations: { action: 'fail', upTo: null },
        partition: null,
        watermark: null,
        freshWithin: null,
        lag: 0,
        at: 0,
      },
    },
    views: {
      Ride: {
        source: 'rides',
        moment: { kind: 'column', column: 'day', offset: 0 },
        key: [],
        eventTime: 'day',
        joins: [],
        features: [...features.map(name => feature(name)), feature('late', true)],
        request: features,
        materialize: null,
        stale: null,
        at: 0,
      },
    },
    models: {
      late: {
        views: ['Ride'],
        features: features.map(name => ({ view: 'Ride', name, type: types[name]!.type })),
        label: { view: 'Ride', name: 'late', type: bool },
        task: 'binary',
        classes: null,
        where: null,
        split: {
          by: 'time',
          column: 'day',
          at: 0,
          parts: [
            { part: 'train', share: 0.7, last: null },
            { part: 'validation', share: 0.15, last: null },
            { part: 'test', share: 0.15, last: null },
          ],
        },
        sample: null,
        trainer: trainer('gradient_boosting', { rounds: 20, depth: 3 }),
        load: null,
        tune: null,
        baseline: trainer('constant'),
        seed: 1,
        threshold: 0.5,
        metrics: [use('auc', 'higher'), use('log_loss', 'lower')],
        slices: [
          {
            columns: ['city'],
            exprs: [{ op: 'feature', name: 'city', type: types['city']!.type, at: 0 }],
            minimum: 0,
          },
        ],
        gate: { rules, approvals: [], at: 0 },
        at: 0,
        ...model,
      },
    },
    ...Object.fromEntries(
      [
        'connections',
        'sinks',
        'validations',
        'components',
        'deployments',
        'monitors',
        'pipelines',
        'environments',
      ].map(key => [key, {}]),
    ),
    tests: [],
    graph: { nodes: [], edges: [] },
  };
  const steps = buildSteps(plan as unknown as Plan);
  const columns = features.map(name => `"${name}"`).join(', ');
  const sql = `SELECT __row, day AS __at, day + INTERVAL 1 HOUR AS __label_known, ${columns}, late, city AS "source.city"
    FROM (SELECT *, row_number() OVER () AS __row FROM "source:rides")`;
  return {
    plan: { ...plan, steps } as unknown as Plan,
    views: { Ride: { sql } },
    validations: {},
    sources: {
      rides: { columns: Object.entries(types).map(([name, { sqlType }]) => ({ name, sqlType, checks: [] })) },
    },
  };
}

export class Chain {
  readonly root = mkdtempSync(path.join(tmpdir(), 'mlp-chain-'));
  private runs = 0;

  /** Runs all steps up to a refusal or a failure; gives each one's result and folder. */
  async run(program: Program, csv: string, champion?: string) {
    writeFileSync(path.join(this.root, 'rides.csv'), csv);
    const out = path.join(this.root, `run-${++this.runs}`);
    const results = new Map<string, StepResult>();
    for (const step of program.plan.steps) {
      const inputs: Record<string, string> = {};
      for (const input of step.inputs)
        if ('from' in input) inputs[input.name] = path.join(out, input.from, input.output);
        else if (champion) inputs[input.name] = champion;
      mkdirSync(path.join(out, step.id), { recursive: true });
      const result = await executeStep({
        program,
        step,
        params: { ...defaultParams(), threads: 1, memory: '512MiB' },
        inputs,
        out: path.join(out, step.id),
        root: this.root,
        signal: new AbortController().signal,
        runners,
        progress: () => {},
      });
      results.set(step.kind, result);
      if (result.status !== 'succeeded') break;
    }
    const file = <T>(step: string, name: string) =>
      JSON.parse(readFileSync(path.join(out, step, name), 'utf8')) as T;
    return { results, out, file };
  }
  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
