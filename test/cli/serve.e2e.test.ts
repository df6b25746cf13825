// What a request is answered is what batch scoring writes for the same row and moment, to the bit: on real flights, whose
// features join and look back over the online store, and on the penguins.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { literal } from '../../runtime/data/sql.ts';
import { post, serveProcess } from '../runtime/serve/trained.ts';
import { openDuckDB } from '../support/duckdb.ts';
import { example, mlp, project, repository, write } from './support.ts';

const data = path.join(repository, 'node_modules/vega-datasets/data');

/** A twenty-fifth of the flights, and a model that is trained in a few seconds. */
async function flightsProject(): Promise<string> {
  const root = project({});
  const connection = await openDuckDB(2);
  const from = literal(path.join(data, 'flights-3m.parquet'));
  const to = literal(path.join(root, 'flights.parquet'));
  await connection.run(
    `COPY (SELECT * FROM (SELECT *, row_number() OVER () AS n FROM ${from}) WHERE n % 25 = 0) TO ${to} (FORMAT parquet)`,
  );
  connection.closeSync();
  const spec = example(
    'flights',
    ['npm:vega-datasets/data/flights-3m.parquet', 'flights.parquet'],
    ['import std.drift { psi }', 'import std.drift { psi }\nimport std.sinks { csv_file }'],
    ['  sample 200_000 rows\n', '  sample 20_000 rows\n'],
    ['rounds: 200, depth: 6', 'rounds: 40, depth: 6'],
    ['  tune { depth: 4..8  learning_rate: 0.03..0.3 log } maximize auc with 6 trials\n', ''],
    ['    require auc >= 0.65\n', ''],
    ['    require auc >= (champion.auc ?? 0.65) - 0.005\n', ''],
    ['    require auc >= 0.58 for each weekday with at least 500 rows\n', ''],
  );
  const scores = `
schema Scored {
  date: datetime
  origin: string
  destination: string
  distance: int
  delay: int
  lateness: float in 0..1
  late: bool
  model_version: string
}
sink scored: Scored = csv_file("scored.csv")
deployment nightly_scores { serve lateness  score flights into scored }
`;
  write(root, 'flights.mlp', spec + scores);
  return root;
}

const rowsOf = (file: string): readonly Record<string, string>[] => {
  const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const names = head!.split(',');
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])));
};

test('flights: joined, windowed, served as scored', async () => {
  const root = await flightsProject();
  const scored = await mlp(['run', 'nightly_scores'], { cwd: root, timeout: 300 });
  assert.is(scored.code, 0, scored.out + scored.err);
  const early = await mlp(['serve', 'lateness_api', '--port', '0'], { cwd: root });
  assert.is(early.code, 1);
  assert.match(early.err, /mlp features materialize/);
  const filled = await mlp(['features', 'materialize', 'Departure', '--from', '2001-01-01'], {
    cwd: root,
    timeout: 120,
  });
  assert.is(filled.code, 0, filled.out + filled.err);
  const service = await serveProcess(['lateness_api'], root);
  try {
    const all = rowsOf(path.join(root, 'scored.csv'));
    assert.ok(all.length > 110_000, `${all.length}`);
    const step = Math.floor(all.length / 5000);
    const rows = all.filter((_, i) => i % step === 0);
    let different = 0;
    for (let i = 0; i < rows.length; i += 1000) {
      const part = rows.slice(i, i + 1000);
      const { status, body } = await post(`${service.url}/predict`, {
        rows: part.map(({ date, origin, destination, distance }) => ({
          date: date!.replace(' ', 'T'),
          origin,
          destination,
          distance: Number(distance),
        })),
      });
      assert.is(status, 200, JSON.stringify(body).slice(0, 500));
      for (const [k, { probability, prediction }] of body.predictions.entries()) {
        if (probability !== Number(part[k]!['lateness'])) different++;
        assert.is(String(prediction.late), part[k]!['late']);
      }
    }
    console.log(`${rows.length} flights compared`);
    assert.is(different, 0, `${different} of ${rows.length} differ`);
    assert.match(readFileSync(`/proc/${service.child.pid}/maps`, 'utf8'), /node/);
    assert.not.match(readFileSync(`/proc/${service.child.pid}/maps`, 'utf8'), /duckdb/);
  } finally {
    await service.stop();
  }
});

test('penguins: every probability of every class', async () => {
  const spec = `${example('penguins', ['import std.sources { json }', 'import std.sources { json }\nimport std.sinks { csv_file }'])}
schema Scored {
  Island: string
  \`Beak Length (mm)\`: float?
  \`Beak Depth (mm)\`: float?
  \`Flipper Length (mm)\`: int?
  \`Body Mass (g)\`: int?
  Sex: string?
  probability_Adelie: float
  probability_Chinstrap: float
  probability_Gentoo: float
  species: Species
  model_version: string
}
sink scored: Scored = csv_file("scored.csv")
deployment nightly_scores { serve species  score penguins into scored }
deployment species_api { serve species }
`;
  const root = project({ 'penguins.mlp': spec });
  const scored = await mlp(['run', 'nightly_scores'], { cwd: root, timeout: 120 });
  assert.is(scored.code, 0, scored.out + scored.err);
  const service = await serveProcess([], root);
  try {
    const rows = rowsOf(path.join(root, 'scored.csv'));
    const number = (cell: string | undefined) => (cell === '' || cell === undefined ? null : Number(cell));
    const { body } = await post(`${service.url}/predict`, {
      rows: rows.map(row => ({
        Island: row['Island'],
        ...Object.fromEntries(
          ['Beak Length (mm)', 'Beak Depth (mm)', 'Flipper Length (mm)', 'Body Mass (g)'].map(name => [
            name,
            number(row[name]),
          ]),
        ),
        Sex: row['Sex'] || null,
      })),
    });
    assert.is(body.predictions?.length, 343, JSON.stringify(body).slice(0, 500));
    for (const [i, { probabilities, prediction }] of body.predictions.entries()) {
      assert.is(prediction.species, rows[i]!['species']);
      for (const name of ['Adelie', 'Chinstrap', 'Gentoo'])
        assert.is(probabilities[name], Number(rows[i]![`probability_${name}`]), `${name} of row ${i}`);
    }
  } finally {
    await service.stop();
  }
});

test.run();
