import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mount } from '../../../runtime/foreign/container.ts';
import { openDuckDB, query } from '../../support/duckdb.ts';
import { Random } from '../../support/random.ts';
import { ForeignProject } from './support.ts';

const spec = (run: string, more = ''): string => `import std.sources { csv }

schema Order { order_id: int @key  ordered: timestamp @event_time  day: date  amount: float  note: string? }
schema Total { day: date  until: timestamp @event_time  spent: float in 0..1000  first: string? }

source orders: Order = csv("orders.csv")

component totals(orders: table Order, least: float = 1.5, word: string = "a'b; c\\"d") -> table Total {
  ${run}
  ${more}
}
let order_totals = totals(orders)
`;
const orders = `order_id,ordered,day,amount,note
9007199254740993,2024-01-01T10:00:00.123456Z,2024-01-01,2.5,"it's, ""good"""
2,2024-01-01T12:00:00Z,2024-01-01,1,
3,2024-01-02T10:00:00Z,2024-01-02,4,bad
`;
const step = 'component-order-totals';
const projectOf = (run: string, files: Record<string, string> = {}, more?: string) =>
  new ForeignProject(spec(run, more), { 'orders.csv': orders, ...files });

async function rowsOf(project: ForeignProject): Promise<unknown[][]> {
  const { status, error, folder } = await project.step(step);
  assert.is(status, 'succeeded', error?.message);
  const connection = await openDuckDB();
  const rows = await query(
    connection,
    `SELECT day::VARCHAR AS d, until::VARCHAR AS u, spent, first FROM '${path.join(folder, 'rows/data.parquet')}'`,
  );
  return rows.map(row => Object.values(row));
}
const wanted = [
  ['2024-01-01', '2024-01-01 10:00:00.123456+00', 2.5, `it's, "good"`],
  ['2024-01-02', '2024-01-02 10:00:00+00', 4, 'bad'],
];

test('SQL: one query over the inputs, parameters as variables, from the spec or a file', async () => {
  const text = `SELECT day, min(ordered) AS until, sum(amount) AS spent, min(note) AS first
    FROM orders WHERE amount > getvariable('least') GROUP BY day ORDER BY day; `;
  assert.equal(await rowsOf(projectOf(`run sql """${text}"""`)), wanted);
  assert.equal(await rowsOf(projectOf('run sql "steps/totals.sql"', { 'steps/totals.sql': text })), wanted);
  const word = projectOf(
    `run sql "SELECT day, ordered AS until, amount AS spent, getvariable('word') AS first FROM orders LIMIT 1"`,
  );
  assert.equal((await rowsOf(word))[0]![3], `a'b; c"d`);
});

test('SQL reaches nothing but its inputs, and is one query', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      'select * from orders; drop view orders',
      /MLP8821: component `totals` \(.*\): (it has 2 statements|Only SELECT)/,
    ],
    ["copy orders to '/tmp/x.csv'", /MLP8821: .*Only SELECT/],
    ["select * from read_csv('/etc/passwd')", /MLP8821: .*(Cannot access file|disabled by configuration)/],
    ['select * from other', /MLP8821: .*other does not exist/],
    ['select order_id from orders) to', /MLP8821: .*syntax error/],
    [
      'select day, ordered as until, -amount as spent, note as first from orders',
      /main\.mlp:4:\d+: MLP8816: .* gave 3 rows that break/,
    ],
    ['select day from orders', /MLP8008: the rows of `order_totals`/],
  ];
  for (const [text, message] of cases)
    assert.match(await projectOf(`run sql "${text}"`).failure(step), message, text);
  const endless =
    'select day, ordered as until, spent, note as first from orders, (select sum(range) as spent from range(100000000000))';
  assert.match(
    await projectOf(`run sql "${endless}"`, {}, 'timeout 1s').failure(step),
    /MLP8811: .* time-out of 1 s/,
  );
});

test('shell: paths and parameters come as variables, and are never part of the command', async () => {
  const script = `awk -F, 'NR == 1 { next } { print > "/dev/stderr" }' "$MLP_IN_orders_CSV"
    test -s "$MLP_IN_orders"; test "$MLP_ARG_least" = 1.5
    { echo day,until,spent,first; echo "2024-01-01,2024-01-01T10:00:00Z,$2,$1"; } > "$MLP_OUT/rows.csv"`;
  const odd = `$(touch pwned) \\"; touch pwned #`;
  const run = `run shell """${script}
""" args ["${odd}", "7"]`;
  const project = projectOf(run);
  const quoted = new ForeignProject(spec(run.replace('$2,$1"', '$2,ok"')), { 'orders.csv': orders });
  assert.equal(await rowsOf(quoted), [['2024-01-01', '2024-01-01 10:00:00+00', 7, 'ok']]);
  await project.step(step);
  assert.throws(() => readFileSync(path.join(project.root, 'pwned')));
  const json = `printf '[{"day":"2024-01-02","until":"2024-01-02T00:00:00Z","spent":1,"first":null}]' > "$MLP_OUT/rows.json"`;
  assert.equal(await rowsOf(projectOf('run shell "steps/x.sh"', { 'steps/x.sh': json })), [
    ['2024-01-02', '2024-01-02 00:00:00+00', 1, null],
  ]);
  assert.match(
    await projectOf('run shell "echo working; exit 9"').failure(step),
    /^main\.mlp:9:13: MLP8810: .* ended with code 9\n {2}\| working/,
  );
  assert.match(
    await projectOf('run shell "true"').failure(step),
    /MLP8814: .* gave nothing, and a table of Total/,
  );
  assert.match(await projectOf('run shell "steps/nowhere.sh"').failure(step), /MLP8804/);
});

const typed = `import { least } from './more.ts';

interface Order { readonly order_id: number | bigint; readonly ordered: number; readonly day: number; readonly amount: number; readonly note: string | null }

export async function* totals({ orders, ...given }: { readonly orders: readonly Order[]; readonly least: number }) {
  console.log(typeof orders[0]!.order_id, orders[0]!.day);
  if (typeof orders[0]!.order_id !== 'bigint' || orders[1]!.order_id !== 2) throw new TypeError('not as said');
  for (const order of orders.filter(one => one.amount > least(given.least)))
    yield { day: order.day, until: order.ordered, spent: order.amount, first: order.note };
}
export const nothing = () => undefined;
export const none = () => [];
export const text = () => 'rows';
export const broken = (): never => { throw new RangeError('too far'); };
`;
const files = {
  'steps/totals.ts': typed,
  'steps/more.ts': 'export const least = (x: number): number => x;\n',
};

test('TypeScript: rows as the generated interfaces have them', async () => {
  const run = (name: string) => projectOf(`run typescript "steps/totals.ts:${name}"`, files);
  assert.equal(await rowsOf(run('totals')), wanted);
  assert.equal(await rowsOf(run('none')), []);
  assert.match(await run('nothing').failure(step), /MLP8814/);
  assert.match(await run('text').failure(step), /MLP8815: .*it is a string/);
  assert.match(
    await run('broken').failure(step),
    /MLP8810: .* failed at totals\.ts:14: RangeError: too far\n/,
  );
  assert.match(await run('total').failure(step), /MLP8810: .*does not have\nhint: it has .*totals/);
});

/** Stands for docker at the edge of the world: it notes how it is called and does what the container would. */
const engine = `#!/bin/sh
echo "$@" >> "$ENGINE_LOG"
[ "$1" = ps ] && exit "\${ENGINE_DOWN:-0}"
[ "$1" = kill ] && exit 0
for word in "$@"; do
  case $word in *'"target=/mlp/out"'*) out=\${word#*source=}; out=\${out%%\\"*};; esac
done
echo '{"day":"2024-01-02","until":"2024-01-02T00:00:00Z","spent":3,"first":"x"}' > "$out/rows.json"
`;

test('container: mounts, limits and arguments; no engine is said', async () => {
  const project = projectOf(
    'run container "ghcr.io/acme/totals:1" args ["--share", "0.1"]',
    { engine },
    'resources { cpu: 1, memory: 1GiB }',
  );
  chmodSync(path.join(project.root, 'engine'), 0o755);
  process.env['MLP_CONTAINER_ENGINE'] = path.join(project.root, 'engine');
  process.env['ENGINE_LOG'] = path.join(project.root, 'log');
  try {
    assert.equal(await rowsOf(project), [['2024-01-02', '2024-01-02 00:00:00+00', 3, 'x']]);
    const call = readFileSync(path.join(project.root, 'log'), 'utf8');
    assert.match(call, /run --rm --name=mlp-\S+ --user=\d+:\d+ --memory=1073741824b --cpus=1 /);
    assert.match(
      call,
      /"target=\/mlp\/in\/orders\.parquet","readonly" .* ghcr\.io\/acme\/totals:1 --share 0\.1\n/,
    );
    process.env['ENGINE_DOWN'] = '1';
    assert.match(await project.failure(step), /MLP8820: .* runs a container, and .*engine does not answer/);
    process.env['MLP_CONTAINER_ENGINE'] = '/nowhere/engine';
    assert.match(
      await project.failure(step),
      /MLP8820: .*\/nowhere\/engine is not there\nhint: start docker or podman/,
    );
  } finally {
    for (const name of ['MLP_CONTAINER_ENGINE', 'ENGINE_LOG', 'ENGINE_DOWN']) delete process.env[name];
  }
});

test('whatever a path holds, it stays one field of the mount', () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  for (let i = 0; i < 500; i++) {
    const source = `/${Array.from({ length: 8 }, () => random.pick([',', '"', ' ', 'a', '=', "'", 'é', 'target=/etc'])).join('')}`;
    const [flag, option] = mount(source, '/mlp/out', false);
    // As the engines read it: RFC 4180.
    const fields = [...option!.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(match =>
      match[1]!.replaceAll('""', '"'),
    );
    assert.equal([flag, fields], ['--mount', ['type=bind', `source=${source}`, 'target=/mlp/out']]);
  }
});

test.run();
