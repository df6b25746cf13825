import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText } from '../../support/specs.ts';

/** An import that leads nowhere says where to: the module that declares the name, the file that has it. */
const files = {
  'shared/schemas.mlp': 'schema Ride { id: int @key }\n',
  'paths.mlp': 'let limit = 1\n',
};
const hintOf = (line: string): string | undefined => {
  const { diagnostics } = compileText({ 'main.mlp': `${line}\n`, ...files });
  return diagnostics.find(({ severity }) => severity === 'error')?.hint;
};

const cases: readonly (readonly [line: string, says: string | undefined])[] = [
  ['import std.metric { auc }', 'did you mean `std.metrics`?'],
  ['import std.trainers { gradient_boosting }', 'did you mean `std.learn`?'],
  ['import metrics { auc }', 'did you mean `std.metrics`?'],
  ['import std.astonishing { nothing_at_all }', undefined],
  ['import "./path.mlp" { limit }', 'did you mean `paths.mlp`?'],
  ['import "./schemas.mlp" { Ride }', 'did you mean `shared/schemas.mlp`?'],
  ['import "./shared/schemas" { Ride }', 'did you mean `shared/schemas.mlp`?'],
  ['import "shared/schemas.mlp" { Ride }', 'did you mean `shared/schemas.mlp`?'],
  [
    'import std.metrics { gradient_boosting }',
    'it is declared in std.learn: import it from there, `import std.learn { gradient_boosting }`',
  ],
  [
    'import "./paths.mlp" { Ride }',
    'it is declared in "./shared/schemas.mlp": import it from there, `import "./shared/schemas.mlp" { Ride }`',
  ],
  ['import std.metrics { aoc }', 'did you mean `auc`?'],
];
for (const [line, says] of cases) test(line, () => assert.is(hintOf(line), says));

test.run();
