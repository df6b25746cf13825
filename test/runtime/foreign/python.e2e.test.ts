import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDuckDB, query } from '../../support/duckdb.ts';
import { ForeignProject, processesWith, withoutPython } from './support.ts';

const spec = (more = '', run = 'run python "steps/moods.py:score"'): string => `import std.sources { csv }

schema Order { order_id: int @key  customer_id: int  ordered: timestamp @event_time  day: date  note: string?  paid: bool }
schema Note { customer_id: int  written: timestamp @event_time  mood: float in -1..1  word: string? }

source orders: Order = csv("orders.csv")

component moods(orders: table Order, scale: float = 0.5) -> table Note {
  ${run}
  ${more}
}
let order_moods = moods(orders)
`;
const orders = `order_id,customer_id,ordered,day,note,paid
1,7,2024-01-01T10:00:00Z,2024-01-01,good,true
2,7,2024-01-02T10:00:00Z,2024-01-02,,false
3,8,2024-01-03T10:00:00Z,2024-01-03,bad,true
`;
const step = 'component-order-moods';
const projectOf = (code: string, more?: string, run?: string) =>
  new ForeignProject(spec(more, run), { 'orders.csv': orders, 'steps/moods.py': code });

/** A function that makes the rows of an expression over `orders`. */
const giving = (expression: string, before = ''): string =>
  `import pandas as pd\n${before}\ndef score(orders, scale):\n    return ${expression}\n`;
const right = 'dict(customer_id=orders.customer_id, written=orders.ordered, mood=scale, word=orders.note)';

async function rowsOf(folder: string): Promise<Record<string, unknown>[]> {
  const connection = await openDuckDB();
  return query(connection, `SELECT * FROM '${path.join(folder, 'rows/data.parquet')}'`);
}

if (withoutPython) {
  console.log(`skipped: ${withoutPython}`);
  test('Python is tested where it is', () => {});
} else {
  test('tables and parameters in, a table out; nothing else is left in the artifact', async () => {
    const code = `import pandas as pd
from words import VALUES

def score(orders: pd.DataFrame, scale: float) -> pd.DataFrame:
    assert str(orders.ordered.dtype).endswith("UTC]"), orders.ordered.dtype
    assert orders.paid.dtype == bool and orders.customer_id.dtype == "int64"
    noted = orders[orders.note.notna()]
    return pd.DataFrame({
        "extra": 1, "mood": noted.note.map(VALUES) * scale, "customer_id": noted.customer_id, "written": noted.ordered,
        "word": None,
    })
`;
    const project = projectOf(code);
    project.write('steps/words.py', 'VALUES = {"good": 1.0, "bad": -1.0}\n');
    const result = await project.step(step);
    assert.equal([result.status, result.metrics, result.error], ['succeeded', { rows: 2 }, undefined]);
    assert.match(result.notes.join('\n'), /columns not in Note, ignored: extra/);
    const rows = await rowsOf(result.folder);
    assert.equal(
      rows.map(row => [row['customer_id'], (row['written'] as Date).toISOString(), row['mood'], row['word']]),
      [
        [7n, '2024-01-01T10:00:00.000Z', 0.5, null],
        [8n, '2024-01-03T10:00:00.000Z', -0.5, null],
      ],
    );
    assert.equal(readdirSync(path.join(result.folder, 'rows')), ['data.parquet']);
    assert.equal(Object.keys(result.snapshots), ['order_moods']);
  });

  test('other kinds of tables: pyarrow, a reader of batches, records, tables one after the other', async () => {
    const ways = {
      arrow: `import pyarrow as pa
def score(orders: pa.Table, scale: float) -> pa.Table:
    return pa.table({"customer_id": orders["customer_id"], "written": orders["ordered"], "mood": [scale] * 3, "word": orders["note"]})
`,
      batches: `import pyarrow as pa
def score(orders: pa.RecordBatchReader, scale: float):
    for batch in orders:
        for i in range(len(batch)):
            row = batch.slice(i, 1)
            yield pa.table({"customer_id": row["customer_id"], "written": row["ordered"], "mood": [scale], "word": row["note"]})
`,
      records: `def score(orders, scale):
    return [dict(customer_id=o.customer_id, written=o.ordered, mood=scale, word=o.note) for o in orders.itertuples()]
`,
    };
    for (const [way, code] of Object.entries(ways)) {
      const { status, folder, error } = await projectOf(code).step(step);
      assert.is(status, 'succeeded', `${way}: ${error?.message}`);
      const rows = await rowsOf(folder);
      assert.equal(
        rows.map(row => [row['customer_id'], row['mood'], row['word']]),
        [
          [7n, 0.5, 'good'],
          [7n, 0.5, null],
          [8n, 0.5, 'bad'],
        ],
        way,
      );
    }
  });

  test('rows that break the schema: column, rows, values, and the place in the spec', async () => {
    const bad = giving(`pd.DataFrame(${right}).assign(mood=[0.1, 7.5, None])`);
    const message = await projectOf(bad).failure(step);
    assert.match(
      message,
      /^main\.mlp:4:\d+: MLP8816: component `moods` \(steps\/moods\.py:score\) gave 2 rows that break the schema:/,
    );
    assert.match(
      message,
      /the rows of `order_moods`, column mood: 1 of 3 rows \(33\.3%\) is outside -1\.\.1; row 2 \(value 7\.5\)/,
    );
    assert.match(
      message,
      /column mood: 1 of 3 rows \(33\.3%\) is missing, but float in -1\.\.1 may not be; row 3/,
    );
  });

  test('wrong columns, wrong types, nothing, something else', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [
        giving(`pd.DataFrame(${right}).rename(columns={"mood": "moods"})`),
        /MLP8008: the rows of `order_moods`.*\n?[\s\S]*`mood`[\s\S]*`moods`/,
      ],
      [giving(`pd.DataFrame(${right}).assign(written=[1, 2, 3])`), /MLP8009: .*written.*BIGINT/],
      [giving(`pd.DataFrame(${right}).assign(mood=[1, "two", 3.0])`), /MLP8815: .*mood.*/],
      [
        giving('None'),
        /MLP8814: .*gave nothing, and a table of Note is declared\nhint: is a `return` missing\?/,
      ],
      [giving('7'), /MLP8815: .*it is a int, not a table/],
      [giving('iter([])'), /MLP8814/],
    ];
    for (const [code, wanted] of cases) assert.match(await projectOf(code).failure(step), wanted, code);
    const empty = await projectOf(giving(`pd.DataFrame(${right}).head(0)`)).step(step);
    assert.equal([empty.status, empty.metrics], ['succeeded', { rows: 0 }]);
  });

  test('code that raises, exits, cannot be loaded or called: what it printed, and where the spec names it', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [
        'def score(orders, scale):\n    print("so far")\n    raise ValueError("no such mood")\n',
        /^main\.mlp:9:14: MLP8810: .* failed at steps\/moods\.py:3: ValueError: no such mood\n {2}\| so far\n[\s\S]*Traceback/,
      ],
      ['import sys\ndef score(orders, scale):\n    sys.exit(3)\n', /MLP8810: .* ended with code 3/],
      [
        'import os\ndef score(orders, scale):\n    os._exit(0)\n',
        /MLP8813: .* ended before it gave a result/,
      ],
      ['import os\ndef score(orders, scale):\n    os.abort()\n', /MLP8810: .* was killed by SIGABRT/],
      [
        'import seaborn\ndef score(orders, scale):\n    return orders\n',
        /MLP8810: .* cannot be loaded: ModuleNotFoundError: No module named 'seaborn' at steps\/moods\.py:1\nhint: add the package/,
      ],
      ['def score(orders, scale:\n', /MLP8810: .* cannot be loaded: SyntaxError/],
      ['def scores(orders, scale):\n    return orders\n', /MLP8810: .*does not have\nhint: it has scores/],
      [
        'def score(order):\n    return order\n',
        /MLP8810: .* does not take what it is given: missing a required argument: 'order'/,
      ],
    ];
    for (const [code, wanted] of cases) assert.match(await projectOf(code).failure(step), wanted, code);
    const elsewhere = (run: string) => projectOf(giving('orders'), '', run).failure(step);
    assert.match(
      await elsewhere('run python "steps/mood.py:score"'),
      /MLP8804: .*there is no such file\nhint: did you mean `steps\/moods\.py`\?/,
    );
    assert.match(await elsewhere('run python "../../etc/x.py:score"'), /MLP8804/);
    assert.match(
      await elsewhere('run python "steps/moods.py"'),
      /MLP8805: .*\nhint: write `run python "steps\/clean\.py:clean"`/,
    );
  });

  test('gigabytes of output are not kept, a secret is not shown', async () => {
    const code = `import os, sys
def score(orders, scale):
    line = "x" * 1023 + "\\n"
    for i in range(200 * 1024):
        sys.stdout.write(line)
    print("the key is", os.environ["API_KEY"])
    raise ValueError(os.environ["API_KEY"])
`;
    const before = process.memoryUsage().rss;
    process.env['API_KEY'] = 'hunter2-hunter2';
    const keyed = spec().replace(
      'import std.sources { csv }',
      'import std.sources { csv, postgres, query }\nconnection shop = postgres(url: secret("API_KEY"))\n' +
        'source others: Order = query(shop, "select * from orders")',
    );
    const project = new ForeignProject(keyed, { 'orders.csv': orders, 'steps/moods.py': code });
    const message = await project.failure(step);
    delete process.env['API_KEY'];
    assert.ok(process.memoryUsage().rss - before < 100 * 1024 ** 2);
    assert.ok(message.length < 6_000, `${message.length}`);
    assert.match(message, /ValueError: \(secret API_KEY\)[\s\S]*the key is \(secret API_KEY\)/);
    assert.not.match(message, /hunter2/);
  });

  test('a time-out and a limit of memory stop it with all that it started', async () => {
    const mark = `mark-${process.pid}-${Date.now()}`;
    const sleeper = `import subprocess, sys, time
def score(orders, scale):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "${mark}"])
    print("waiting", flush=True)
    time.sleep(60)
`;
    const message = await projectOf(sleeper, 'timeout 3s').failure(step);
    assert.match(
      message,
      /main\.mlp:9:14: MLP8811: .* was stopped after its time-out of 3 s\n {2}\| waiting/,
    );
    assert.equal(processesWith(mark), []);
    const greedy =
      'def score(orders, scale):\n    held = [bytearray(64 * 1024**2) for _ in range(64)]\n    import time; time.sleep(30)\n';
    assert.match(
      await projectOf(greedy, 'resources { memory: 400MiB }').failure(step),
      /MLP8812: .* it held more than 400 MiB of memory/,
    );
  });

  test('a cancelled step leaves no process', async () => {
    const mark = `mark-${process.pid}-${Date.now()}`;
    const code = `import subprocess, sys, time
def score(orders, scale):
    subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", "${mark}"])
    time.sleep(60)
`;
    const cancel = new AbortController();
    const project = projectOf(code);
    await project.step('ingest-orders');
    const running = project.step(step, { signal: cancel.signal });
    for (let i = 0; i < 200 && processesWith(mark).length === 0; i++) await sleep(50);
    assert.is(processesWith(mark).length, 1);
    cancel.abort();
    assert.is((await running).status, 'failed');
    for (let i = 0; i < 40 && processesWith(mark).length > 0; i++) await sleep(50);
    assert.equal(processesWith(mark), []);
  });
}

test.run();
