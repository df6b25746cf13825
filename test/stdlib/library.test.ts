import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { overloadKey } from '../../compiler/semantics/overload-key.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import type * as ast from '../../compiler/syntax/ast/index.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { metrics } from '../../runtime/learn/metrics/index.ts';
import { trainers } from '../../runtime/learn/trainers.ts';
import { generateLibrary } from '../../scripts/generate-library.ts';

const root = path.join(import.meta.dirname, '../..');
const folder = path.join(root, 'stdlib');
const modules = readdirSync(folder).map(name => {
  const file = new SourceFile(`std/${name}`, readFileSync(path.join(folder, name), 'utf8'));
  return { name, ...parse(file) };
});
const declared = modules.flatMap(({ module }) => module.declarations);
const of = <K extends ast.Declaration['kind']>(kind: K) =>
  declared.filter((d): d is Extract<ast.Declaration, { kind: K }> => d.kind === kind);

/** The value of a literal, with its sign. */
function numberOf(expression: ast.Expression | undefined): number | null | undefined {
  if (expression === undefined) return undefined;
  if (expression.kind === 'Unary') return -numberOf(expression.operand)!;
  if (expression.kind === 'Int' || expression.kind === 'Float') return Number(expression.value);
  assert.is(expression.kind, 'Null');
  return null;
}

test('the library parses without a diagnostic', () => {
  assert.ok(modules.length >= 12);
  for (const { name, diagnostics } of modules) assert.equal(diagnostics, [], name);
});

test('every declaration and every parameter is documented', () => {
  for (const declaration of declared) {
    assert.ok((declaration.doc ?? '').length > 5, `${declaration.name.text} has no doc comment`);
    const parameters = 'parameters' in declaration ? declaration.parameters : [];
    for (const parameter of parameters) {
      assert.ok(parameter.doc, `${parameter.name.text} of ${declaration.name.text} has no doc comment`);
    }
  }
});

test('the generated files are what the library says now', () => {
  for (const [file, text] of generateLibrary()) {
    assert.is(readFileSync(path.join(root, file), 'utf8'), text, `${file} is stale: npm run generate`);
  }
});

test('the trainers are those of the runtime, parameter by parameter', () => {
  const declarations = of('Trainer');
  assert.equal(declarations.map(d => d.name.text).sort(), trainers.map(t => t.name).sort());
  for (const trainer of trainers) {
    const declaration = declarations.find(d => d.name.text === trainer.name)!;
    assert.equal(declaration.tasks.map(t => t.text).sort(), [...trainer.tasks].sort(), trainer.name);
    const accepts = declaration.body.items.flatMap(item =>
      item.kind === 'Accepts' ? item.what.map(w => w.text) : [],
    );
    assert.is(accepts.includes('missing'), trainer.acceptsMissing, `${trainer.name} accepts missing`);
    assert.is(
      accepts.includes('categories'),
      trainer.acceptsCategories,
      `${trainer.name} accepts categories`,
    );
    assert.equal(
      declaration.parameters.map(p => p.name.text),
      (trainer.params ?? []).map(p => p.name),
    );
    (trainer.params ?? []).forEach((spec, i) => {
      const parameter = declaration.parameters[i]!;
      const place = `${spec.name} of ${trainer.name}`;
      const refinement = parameter.type.refinements[0];
      const range = refinement?.kind === 'RangeRefinement' ? refinement.range : undefined;
      assert.is(parameter.type.body.kind === 'NamedType' && parameter.type.body.name.text, spec.kind, place);
      assert.is(parameter.type.optional, spec.nullable ?? false, place);
      assert.is(numberOf(parameter.default), spec.default, place);
      assert.is(numberOf(range?.high), spec.high, place);
      const low = numberOf(range?.low)!;
      assert.ok(spec.exclusiveLow ? low > spec.low && low < 1e-4 : low === spec.low, place);
    });
  }
});

test('the metrics are those of the runtime, with range and direction', () => {
  const declarations = of('Metric').filter(d => !d.tasks.some(task => task.text === 'service'));
  assert.equal(declarations.map(d => d.name.text).sort(), [...new Set(metrics.map(m => m.name))].sort());
  const bound = (x: number): number => (Number.isFinite(x) ? x : Math.sign(x) * 1e308);
  for (const declaration of declarations) {
    const implemented = metrics.filter(m => m.name === declaration.name.text);
    const tasks = new Set(implemented.flatMap(m => m.tasks));
    assert.equal(declaration.tasks.map(t => t.text).sort(), [...tasks].sort(), declaration.name.text);
    for (const { name, range, direction } of implemented) {
      assert.is(numberOf(declaration.range?.low), bound(range[0]), name);
      assert.is(numberOf(declaration.range?.high), bound(range[1]), name);
      assert.is(declaration.direction, direction, name);
    }
  }
});

test('a key tells overloads and operators apart', () => {
  const hour = [
    { name: 'hour', parameterKinds: ['datetime'] },
    { name: 'hour', parameterKinds: ['timestamp', 'string'] },
  ];
  assert.is(overloadKey(hour[1]!, hour), 'hour_timestamp_string');
  assert.is(overloadKey({ name: 'log', parameterKinds: ['float'] }, []), 'log');
  assert.is(overloadKey({ name: 'div', parameterKinds: ['int', 'int'] }, []), 'div_int_int');
  assert.is(overloadKey({ name: 'count', parameterKinds: [] }, hour), 'count');
});

test.run();
