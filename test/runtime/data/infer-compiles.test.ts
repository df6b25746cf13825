import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import { inferSchema } from '../../../runtime/data/infer/index.ts';
import { compileText, root } from '../../support/specs.ts';

const errors = (spec: string): string[] =>
  compileText(spec)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code} ${message}`);

for (const file of [
  'penguins.json',
  'airports.csv',
  'seattle-weather.csv',
  'movies.json',
  'birdstrikes.csv',
  'flights-2k.json',
  'us-employment.csv',
  'unemployment.tsv',
]) {
  test(`the spec inferred from ${file} compiles to the schema that was inferred`, async () => {
    const inferred = await inferSchema(`npm:vega-datasets/data/${file}`, { root });
    assert.equal(errors(inferred.spec), [], inferred.spec);
    const { plan } = compileText(inferred.spec);
    const [schema] = Object.values(plan!.schemas);
    const shape = (columns: typeof inferred.schema.columns) =>
      columns.map(({ name, type: { enum: _, ...type } }) => [
        name,
        JSON.stringify(type, Object.keys(type).sort()),
      ]);
    assert.equal(shape(schema!.columns), shape(inferred.schema.columns));
  });
}

test('the examples of the messages about data are specs that compile', () => {
  for (const { definition } of Object.values(dataMessages)) {
    for (const spec of [definition.explanation.wrong, definition.explanation.right]) {
      assert.equal(errors(spec), [], `${definition.code}\n${spec}`);
    }
  }
});

test.run();
