/** Random arguments for a function: both engines must give the same, within the type of its result. */
import type { Expr, Test } from '../../../compiler/plan/plan.ts';
import { identifier } from '../../../compiler/sql/escape.ts';
import { expressionSql } from '../../../compiler/sql/expression.ts';
import { nameText } from '../../../compiler/syntax/written-name.ts';
import type { Database } from '../../data/duckdb.ts';
import { type EvaluatedValue, evaluate } from '../../features/functions/evaluate.ts';
import { typeFault } from '../../features/type-fault.ts';
import { type Random, randomOf } from '../../learn/random.ts';
import type { TestFault } from '../outcome.ts';
import { type Held, heldCell, heldSql, type Row, sameValue, shown, sqlLiteral } from '../values.ts';
import { plainerValues } from './shrink.ts';
import { drawValue, writtenIn } from './value.ts';

type Drawn = NonNullable<Test['function']>;

/** Arguments of each draw: they are computed together, so many cost little more than one. */
export const argumentsPerDraw = 50;

interface Finding {
  readonly kind: TestFault['kind'];
  readonly message: string;
  readonly actual: TestFault['actual'];
  readonly args: Row;
  readonly expect: string;
}

/** The first arguments for which something does not hold, made as plain as they can be; null: there are none. */
export async function functionExamples(
  database: Database,
  test: Test,
  draws: number,
  seed: number,
): Promise<TestFault | null> {
  const drawn = test.function!;
  const random = randomOf(seed);
  for (let i = 0; i < draws; i++) {
    const found = await examine(database, test.of, drawn, drawArguments(drawn, random));
    if (!found) continue;
    const { kind, message, actual, args, expect } = await shrink(database, test.of, drawn, found);
    const example = [
      `test "an example of ${test.of} that was drawn" of ${nameText(test.of)} {`,
      `  given ${argumentsText(drawn, args)}`,
      `  expect ${expect}`,
      '}',
    ].join('\n');
    return { kind, message, actual, row: argumentsText(drawn, args), example, at: drawn.body.at };
  }
  return null;
}

const drawArguments = ({ parameters, body }: Drawn, random: Random, written = writtenIn([body])): Row[] =>
  Array.from({ length: argumentsPerDraw }, () =>
    Object.fromEntries(parameters.map(({ name, type }) => [name, drawValue(type, random, written)])),
  );

const argumentsText = ({ parameters }: Drawn, args: Row): string =>
  `{ ${parameters.map(({ name, type }) => `${nameText(name)}: ${shown(args[name]!, type)}`).join(', ')} }`;

async function examine(
  database: Database,
  name: string,
  drawn: Drawn,
  rows: readonly Row[],
): Promise<Finding | null> {
  const batch = await batchValues(database, drawn, rows);
  for (const [i, args] of rows.entries()) {
    const found = judge(name, drawn, args, batch[i]!, onlineValue(drawn.body, args, database.functions));
    if (found) return found;
  }
  return null;
}

/** A value, or the words in which it was refused. */
type Outcome = { readonly value: Held } | { readonly refused: string };

function judge(
  name: string,
  { body, type }: Drawn,
  args: Row,
  batch: Outcome,
  online: Outcome,
): Finding | null {
  const text = (outcome: Outcome) =>
    'refused' in outcome ? outcome.refused : shown(outcome.value, body.type);
  const both = [
    { name: 'batch (DuckDB)', value: text(batch) },
    { name: 'online (TypeScript)', value: text(online) },
  ];
  const bare = nameText(name);
  if ('refused' in batch && 'refused' in online)
    return {
      kind: 'error',
      message: `\`${name}\`: ${online.refused}: nothing in the types announces that`,
      actual: [],
      args,
      expect: `${bare} is ${body.type.optional ? '' : 'not '}null`,
    };
  if ('refused' in batch || 'refused' in online || !sameValue(batch.value, online.value)) {
    const value = 'value' in batch ? batch.value : null;
    const expect = value === null ? `${bare} is null` : `${bare} == ${shown(value, body.type)}`;
    return {
      kind: 'engines',
      message: `\`${name}\` differs between the engines`,
      actual: both,
      args,
      expect,
    };
  }
  // An optional argument of a strict function makes the result null, whatever is declared.
  const fault = typeFault(batch.value, { ...type, optional: type.optional || body.type.optional });
  return fault
    ? {
        kind: 'type',
        message: `\`${name}\` ${fault.what}`,
        actual: [{ name: bare, value: text(batch) }],
        args,
        expect: fault.condition(bare),
      }
    : null;
}

function onlineValue(body: Expr, args: Row, team: Database['functions']): Outcome {
  try {
    return {
      value: evaluate(body, leaf => args[(leaf as { column: string }).column] as EvaluatedValue, team),
    };
  } catch (error) {
    if ((error as Error).name !== 'RowError') throw error;
    return { refused: (error as Error).message };
  }
}

/** All at once; where one of them is refused, each by itself. */
async function batchValues(database: Database, drawn: Drawn, rows: readonly Row[]): Promise<Outcome[]> {
  const { body, parameters } = drawn;
  const tuples = rows.map(
    (row, i) =>
      `(${[String(i), ...parameters.map(({ name, type }) => sqlLiteral(row[name]!, type))].join(', ')})`,
  );
  const names = ['#', ...parameters.map(({ name }) => name)].map(identifier).join(', ');
  const sql = expressionSql(body, { column: ref => identifier(ref.column) });
  try {
    const found = await database.rows(
      `SELECT ${heldSql(sql, body.type)} AS v FROM (VALUES ${tuples.join(', ')}) t(${names}) ORDER BY "#"`,
    );
    return found.map(row => ({ value: heldCell(row['v'] ?? null, body.type) }));
  } catch (error) {
    if ((error as Error).name !== 'MlpError') throw error;
    if (rows.length === 1) return [{ refused: (error as Error).message }];
    const alone: Outcome[] = [];
    for (const row of rows) alone.push(...(await batchValues(database, drawn, [row])));
    return alone;
  }
}

/** Each argument by turns as plain as it can be, as long as the same kind of thing does not hold. */
async function shrink(database: Database, name: string, drawn: Drawn, found: Finding): Promise<Finding> {
  let best = found;
  for (let round = 0; round < 3; round++)
    for (const { name: parameter, type } of drawn.parameters)
      for (const value of plainerValues(best.args[parameter]!, type)) {
        const plainer = await examine(database, name, drawn, [{ ...best.args, [parameter]: value }]);
        if (plainer?.kind !== best.kind) continue;
        best = plainer;
        break;
      }
  return best;
}
