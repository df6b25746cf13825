import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr, Literal, Value, WindowExpr } from '../../compiler/plan/plan.ts';
import { literalValue } from '../../runtime/features/functions/evaluate.ts';
import {
  interpreted,
  load,
  type Outcome,
  type Rows,
  refused,
  rowsOf,
  sqlGroups,
  sqlValues,
  typeScript,
  typeScriptGroups,
} from '../properties/engines/engines.ts';
import { type Column, type Kind, specText } from '../properties/engines/language.ts';
import { identity, shown } from '../properties/engines/rounds.ts';
import { typeOf } from '../properties/engines/values.ts';
import { openDuckDB } from '../support/duckdb.ts';
import * as plan from '../support/plan.ts';
import { compileText, root } from '../support/specs.ts';

/** Every example in "Meaning" of `language.md` is what both engines compute, and the interpreter. */
interface Example {
  readonly line: string;
  readonly expression: string;
  readonly columns: readonly (Column & { readonly values: readonly string[] })[];
  readonly result: string;
}

const document = readFileSync(path.join(root, 'grammar/language.md'), 'utf8');
const section = document.slice(document.indexOf('\n## Meaning\n'), document.indexOf('\n## Functions\n'));
const blocks = [...section.matchAll(/^```text\n([\s\S]*?)^```/gm)].map(match =>
  match[1]!.trimEnd().split('\n'),
);

function exampleOf(line: string): Example {
  const [, expression = '', bound = '', result = ''] = /^(.+?) {2,}(.+?) +=> (.+)$/.exec(line) ?? [];
  const columns = [...bound.matchAll(/(\w+): (\w+)(\??) = (\[.*\]|"(?:[^"\\]|\\.)*"|[^,\s]+)/g)].map(
    match => ({
      name: match[1]!,
      kind: match[2] as Kind,
      optional: match[3] === '?',
      values: match[4]!.startsWith('[') ? match[4]!.slice(1, -1).split(/, */) : [match[4]!],
    }),
  );
  return { line, expression, columns, result };
}

/** A value as the document writes it. */
function valueIn(text: string, kind: Kind): Value {
  if (text === 'null') return null;
  switch (kind) {
    case 'bool':
      return text === 'true';
    case 'int':
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case 'float':
      return Number(text.replace(/inf/, 'Infinity').replace('nan', 'NaN'));
    case 'duration':
    case 'size': {
      const units = { ms: 1, min: 60_000, h: 3_600_000, B: 1 } as const;
      const [, amount, unit] = /^(-?\d+)(\D+)$/.exec(text)!;
      return Number(amount) * units[unit as keyof typeof units];
    }
    case 'date':
    case 'datetime':
    case 'timestamp':
      return text;
    default:
      return JSON.parse(
        text.replace(/\\u\{(\w+)\}/g, (_, code: string) =>
          JSON.stringify(String.fromCodePoint(Number.parseInt(code, 16))).slice(1, -1),
        ),
      ) as string;
  }
}

const cellOf = (text: string, kind: Kind): Literal =>
  plan.literal(valueIn(text, kind), { ...typeOf(kind), optional: text === 'null' });

function compiled({ line, expression, columns }: Example): Expr {
  const aggregate =
    columns.some(column => column.values.length > 1) || /^(count|sum|stddev|first)\(/.test(expression);
  // `mean(x)` is that of all rows, `quantile(x, q)` has its argument behind the window.
  const [, name = '', value = '', rest = ''] = /^(\w+)\(([^,)]*)(, .*)?\)$/.exec(expression) ?? [];
  const text = aggregate ? `${name}(${value === '' ? 'rows' : value} over 36500d by g${rest})` : expression;
  const node = {
    kind: 'bool' as Kind,
    optional: false,
    op: aggregate ? 'aggregate' : 'literal',
    text,
    args: [],
  };
  const spec = specText(columns, [{ ...node, op: 'literal' }]);
  const timed = spec
    .replace('  id: int @key', '  id: int @key\n  at: timestamp @event_time\n  g: int')
    .replace('features Drawn from rows', 'features Drawn from rows at at');
  const { plan: made, diagnostics } = compileText(aggregate ? timed : spec);
  assert.ok(made, `${line}\n${diagnostics.map(d => `${d.code} ${d.message}`).join('\n')}`);
  return made.views['Drawn']!.features[0]!.expr;
}

function rowsFor({ columns }: Example): Rows {
  const count = Math.max(...columns.map(column => column.values.length));
  const cells = Array.from({ length: count }, (_, i) => [
    plan.literal(i, plan.int),
    plan.literal(`2024-01-01T00:00:0${i}Z`.replace(/:0(\d\d)Z/, ':$1Z'), plan.timestamp),
    plan.literal(0, plan.int),
    ...columns.map(({ kind, values }) => cellOf(values[i]!, kind)),
  ]);
  return rowsOf([...identity, ...columns], cells);
}

test('there are examples of every part', () => {
  assert.is(blocks.length, 5);
  for (const lines of blocks) {
    assert.ok(lines.length >= 10);
    for (const line of lines) {
      const example = exampleOf(line);
      assert.ok(
        example.expression !== '' && example.result !== '' && example.columns.length > 0,
        `no example: ${line}`,
      );
    }
  }
});

test('each example is what both engines compute', async () => {
  const connection = await openDuckDB(1);
  const wrong: string[] = [];
  for (const example of blocks.flat().map(exampleOf)) {
    const expr = compiled(example);
    const rows = rowsFor(example);
    await load(connection, rows);
    const expected =
      example.result === 'error' ? refused : literalValue(cellOf(example.result, expr.type.kind as Kind));
    const answers = await answersOf(connection, expr, rows);
    for (const [engine, answer] of Object.entries(answers)) {
      if (!Object.is(answer, expected)) wrong.push(`${example.line}\n  ${engine}: ${shown(answer)}`);
    }
  }
  assert.equal(wrong, []);
  connection.closeSync();
});

async function answersOf(
  connection: Awaited<ReturnType<typeof openDuckDB>>,
  expr: Expr,
  rows: Rows,
): Promise<Readonly<Record<string, Outcome | undefined>>> {
  if (expr.op === 'window') {
    const window: WindowExpr = expr;
    const none: ReadonlyMap<number, Outcome>[] = [new Map<number, Outcome>([[0, refused]])];
    const [sql] = await sqlGroups(connection, rows, [window]).catch(() => none);
    return { SQL: sql!.get(0), TypeScript: typeScriptGroups(rows, window).get(0) };
  }
  const row = rows.values[0]!;
  const [[sql]] = (await sqlValues(connection, [expr])) as [[Outcome]];
  return { SQL: sql, TypeScript: typeScript(expr)(row), interpreter: interpreted(expr, row) };
}

test.run();
