// Values that are fitted on training rows, from the run to the service: of the training rows alone, kept with the version,
// and with a champion its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FittedDocument } from '../../runtime/features/fitted.ts';
import { post, serveProcess } from '../runtime/serve/trained.ts';
import { mlp, project, write } from './support.ts';

const spec = `import std.sources { csv }
import std.sinks { csv_file }
import std.learn { constant, logistic_regression }
import std.metrics { log_loss }

schema Row {
  id: int @key
  day: datetime @event_time
  group: string
  x: float?
  n: int
  late: bool @known_after(1h)
}
schema Score { id: int  day: datetime  group: string  x: float?  n: int  model_version: int  score: float  centred: float }

source rows: Row = csv("rows.csv")
sink scores: Score = csv_file("scores.csv")

features V from rows at day {
  use group
  recent = mean(n over 7d by group) ?? 0.0
  filled = x ?? fitted median(x)
  centred = (filled - fitted mean(filled)) / fitted stddev(filled)
  above = recent > fitted mean(recent)
  label late = late
}

model m {
  features V
  predict late
  split by day { train 60%  validate 20%  test 20% }
  train logistic_regression()
  baseline constant()
  seed 1
  evaluate log_loss
  promote { require log_loss <= (champion.log_loss ?? 10.0) + 1.0 }
}
deployment api { serve m }
deployment out { serve m  score rows into scores }
`;

/** 600 rows, one each five hours; `shift` is added to x of the first 300, which are trained on. */
function data(shift = 0): string {
  let state = 7;
  const next = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const lines = Array.from({ length: 600 }, (_, i) => {
    const day = new Date(Date.UTC(2024, 0, 1) + i * 5 * 3_600_000).toISOString().slice(0, 19);
    const [x, group, gone] = [next() * 10, 'abc'[Math.floor(next() * 3)]!, next() < 0.2];
    const moved = x + (i < 300 ? shift : 0);
    return [i, day, group, gone ? '' : moved.toFixed(3), Math.floor(next() * 50), x + next() * 4 > 7];
  });
  return `id,day,group,x,n,late\n${lines.map(line => line.join(',')).join('\n')}\n`;
}

/** What the versions carry, by the artifact that their model is. */
function carried(root: string): FittedDocument[] {
  const folder = path.join(root, '.mlp/artifacts');
  return readdirSync(folder)
    .flatMap(prefix => readdirSync(path.join(folder, prefix)).map(name => path.join(folder, prefix, name)))
    .filter(name => existsSync(path.join(name, 'fitted.json')) && existsSync(path.join(name, 'model.json')))
    .filter(name => readFileSync(path.join(name, 'model.json'), 'utf8').includes('logistic_regression'))
    .map(name => JSON.parse(readFileSync(path.join(name, 'fitted.json'), 'utf8')) as FittedDocument);
}
const valuesOf = ({ values }: FittedDocument) =>
  Object.fromEntries(values.map(({ name, value }) => [name, value]));

const cells = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.split(','));

interface Outcome {
  readonly steps: readonly {
    readonly step: string;
    readonly state?: string;
    readonly result?: { readonly metrics: Record<string, number> };
  }[];
}
const metricsOf = (out: string): Record<string, number> =>
  (JSON.parse(out) as Outcome).steps.find(({ step }) => step === 'evaluate-m')!.result!.metrics;

test('run, gate, champion, scoring and service', async () => {
  const root = project({ 'main.mlp': spec, 'rows.csv': data() });
  const first = await mlp(['run', 'out', '--json'], { cwd: root, timeout: 120 });
  assert.is(first.code, 0, first.out + first.err);

  // Of the training rows alone, by counting them here.
  const [document] = carried(root);
  const trained = cells(data()).slice(0, document!.rows);
  assert.ok(document!.rows > 350 && document!.rows <= 360, `${document!.rows}`);
  const xs = trained.flatMap(([, , , x]) => (x === '' ? [] : [Number(x)])).sort((a, b) => a - b);
  const middle = (xs.length - 1) / 2;
  const median = xs[Math.floor(middle)]! / 2 + xs[Math.ceil(middle)]! / 2;
  const filled = trained.map(([, , , x]) => (x === '' ? median : Number(x)));
  const mean = filled.reduce((a, b) => a + b, 0) / filled.length;
  const spread = Math.sqrt(filled.reduce((a, b) => a + (b - mean) ** 2, 0) / (filled.length - 1));
  const values = valuesOf(document!) as Record<string, number>;
  assert.is(values['median_x'], median);
  assert.ok(Math.abs(values['mean_filled']! - mean) < 1e-12);
  assert.ok(Math.abs(values['stddev_filled']! - spread) < 1e-12);

  // A request is answered what scoring has written, to the bit.
  const filledStore = await mlp(['features', 'materialize', 'V', '--from', '2024-01-01'], { cwd: root });
  assert.is(filledStore.code, 0, filledStore.err);
  const service = await serveProcess(['api'], root);
  try {
    const scored = cells(readFileSync(path.join(root, 'scores.csv'), 'utf8'));
    const asked = scored.map(([id, day, group, x]) => ({
      id: Number(id),
      day,
      group,
      x: x === '' ? null : Number(x),
    }));
    const { status, body } = await post(`${service.url}/predict`, { rows: asked });
    assert.is(status, 200, JSON.stringify(body).slice(0, 500));
    const answers = (body as { predictions: { probability: number }[] }).predictions;
    assert.equal(
      answers.map(({ probability }) => probability),
      scored.map(line => Number(line[6])),
    );
  } finally {
    await service.stop();
  }

  // The champion is scored with its own values, whatever the new version was fitted on.
  const champion = metricsOf(first.out)['log_loss']!;
  write(root, 'rows.csv', data(40));
  const moved = await mlp(['run', 'm', '--json'], { cwd: root, timeout: 120 });
  assert.is(moved.code, 0, moved.out + moved.err);
  assert.ok(carried(root).some(other => Number(valuesOf(other)['median_x']) > median + 10));
  const now = metricsOf(moved.out);
  assert.is(now['champion.log_loss'], champion);
  assert.ok(Math.abs(now['log_loss']! - champion) > 1e-6);

  // A notebook sees what a model sees, and is told where no model is named.
  const none = await mlp(['features', 'get', 'V', '--out', 'got.csv'], { cwd: root });
  assert.is(none.code, 1);
  assert.match(none.err, /main\.mlp:19:10: error MLP8573: .*`filled`, `centred`, `above`.*\n.*--model m/);
  const got = await mlp(['features', 'get', 'V', '--model', 'm', '--out', 'got.csv'], { cwd: root });
  assert.is(got.code, 0, got.out + got.err);
  const [line] = cells(readFileSync(path.join(root, 'got.csv'), 'utf8'));
  const now0 = valuesOf(carried(root).find(other => Number(valuesOf(other)['median_x']) > median + 10)!);
  const [mean0, spread0] = [Number(now0['mean_filled']), Number(now0['stddev_filled'])];
  assert.is(Number(line![5]), (Number(line![4]) - mean0) / spread0);

  // Another aggregate is another value, and another version of the features.
  write(root, 'main.mlp', spec.replace('fitted median(x)', 'fitted max(x)'));
  const changed = await mlp(['run', 'm', '--json'], { cwd: root, timeout: 120 });
  assert.is(changed.code, 3, changed.out + changed.err);
  assert.ok(carried(root).some(other => 'max_x' in valuesOf(other)));
  assert.match(changed.out, /the champion cannot be scored: it has no value for V\.max_x/);
});

test('nothing to fit is said with its place, and nothing is kept', async () => {
  const empty = data().replace(/^(\d+,[^,]*,[^,]*),[^,]*/gm, '$1,');
  const root = project({ 'main.mlp': spec, 'rows.csv': empty });
  const { code, err, out } = await mlp(['run', 'm'], { cwd: root, timeout: 60 });
  assert.is(code, 1);
  assert.match(out + err, /MLP8571/);
  assert.match(out + err, /`median_x` of V cannot be fitted/);
  assert.match(out + err, /main\.mlp:22:17/);
});

test.run();
