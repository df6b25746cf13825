import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText } from '../../support/specs.ts';

/** What is said of a small spec: the text of each MLP3124, and the piece of the spec that it points at. */
function told(view: string, columns = '', more = ''): [string, string][] {
  const spec = `import std.sources { csv }
import std.learn { gradient_boosting }
import std.metrics { auc }
schema Row { id: int @key  at: timestamp @event_time  a: float  city: string  y: bool @known_after(1h) ${columns} }
schema City { name: string @key  pop: int }
source rows: Row = csv("rows.csv")
source cities: City = csv("cities.csv")
features V from rows at at { ${view}  label late = y }
${more}`;
  const { diagnostics } = compileText(spec);
  const others = diagnostics.filter(({ code, severity }) => severity === 'error' && code !== 'MLP3124');
  assert.equal(
    others.map(({ message }) => message),
    [],
  );
  return diagnostics
    .filter(({ code }) => code === 'MLP3124')
    .map(({ message, span }) => [message, spec.slice(span.start, span.end)]);
}

test('columns of a schema, features, keys and joined tables', () => {
  assert.equal(told('x = a', 'City: string?'), [
    ['the columns `city` and `City` differ only in case', 'City'],
  ]);
  assert.equal(told('miles = a  Miles = a * 2.0'), [
    ['the features `miles` and `Miles` differ only in case', 'Miles'],
  ]);
  assert.equal(told('use a  A = a * 2.0'), [['the features `a` and `A` differ only in case', 'A']]);
  assert.equal(told('key id  ID = a'), [['the features `id` and `ID` differ only in case', 'ID']]);
  assert.equal(told('ID = a'), [['the features `id` and `ID` differ only in case', 'ID']]);
  assert.equal(told('Late = a'), [['the features `Late` and `late` differ only in case', 'late']]);
  const joins = ['home', 'Home'].map(alias => `join cities as ${alias} on ${alias}.name == city`).join('  ');
  assert.equal(told(`${joins}  x = (home.pop ?? 0) + (Home.pop ?? 0)`), [
    ['the joined tables `home` and `Home` differ only in case', 'Home'],
  ]);
});

test('columns that another schema hands down', () => {
  const { diagnostics } = compileText('schema A { id: int }\nschema B extends A { Id: int }\n');
  assert.equal(
    diagnostics.map(({ code }) => code),
    ['MLP3124'],
  );
});

const model = (views: string): string =>
  `model m { features ${views}  predict late  split by time { train 60% validation 20% test 20% }  train gradient_boosting(rounds: 5)  seed 1  evaluate auc }`;

test('features of two views of one model', () => {
  const second = (name: string) => `features W from rows at at { ${name} = a * 2.0 }\n${model('V, W')}`;
  assert.equal(told('x = a', '', second('X')), [
    ['the features `x` and `X` differ only in case', 'features V, W'],
  ]);
  assert.equal(told('x = a', '', second('LATE')), [
    ['the features `late` and `LATE` differ only in case', 'features V, W'],
  ]);
  assert.equal(told('x = a', '', second('z')), []);
});

test('what no engine mixes up is left in peace', () => {
  assert.equal(told('City = city'), []);
  assert.equal(told('A = a * 2.0  b = A + a'), []);
  assert.equal(told('join cities as home on home.name == city  Home = home.pop ?? 0'), []);
  assert.equal(told('key id  use id'), []);
  assert.equal(told('`ä` = a  `Ä` = a * 2.0'), []);
});

test.run();
