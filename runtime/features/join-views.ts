import { join } from 'node:path';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import type { Model } from '../../compiler/plan/plan.ts';
import type { Database } from '../data/duckdb.ts';
import { fault } from '../data/faults.ts';
import { identifier, literal } from '../data/sql.ts';
import { tableFile } from '../data/write.ts';
import type { StepContext } from '../engine/contract.ts';
import { partColumns } from './part-columns.ts';

export interface Joined {
  readonly names: readonly string[];
  /** Columns that make a row what it is: all but its number, in the order of their names. */
  readonly identity: readonly string[];
}

/** The view `joined`: the rows of all views of the model, put together by key and moment. */
export async function joinViews(
  database: Database,
  context: StepContext,
  model: Model,
  folders: readonly string[],
): Promise<Joined> {
  const { plan } = context;
  const described: string[][] = [];
  for (const [i, folder] of folders.entries()) {
    const scan = `read_parquet(${literal(join(folder, tableFile))})`;
    await database.execute(`CREATE TEMP VIEW ${identifier(`rows:${i}`)} AS SELECT * FROM ${scan}`);
    const found = await database.rows(`DESCRIBE ${identifier(`rows:${i}`)}`);
    described.push(found.map(row => String(row['column_name'])));
  }
  const columns = partColumns(plan, model).all;
  const taken = new Set<string>(['__at', '__label_known', '__row']);
  const selected = ['v0.__at', 'v0.__row', `${greatestKnown(folders.length)} AS __label_known`];
  for (const [i, view] of model.views.entries()) {
    for (const from of described[i]!) {
      const name = columns.find(column => column.view === view && column.from === from)?.name ?? from;
      if (taken.has(name)) continue;
      taken.add(name);
      selected.push(`v${i}.${identifier(from)} AS ${identifier(name)}`);
    }
  }
  const key = plan.views[model.views[0]!]!.key;
  const joins = model.views.slice(1).map((_, i) => {
    const on = [...key, '__at'].map(name => `v0.${identifier(name)} = v${i + 1}.${identifier(name)}`);
    return `JOIN ${identifier(`rows:${i + 1}`)} AS v${i + 1} ON ${on.join(' AND ')}`;
  });
  if (model.views.length > 1) await requireUnique(database, model, key);
  await database.execute(
    `CREATE TEMP VIEW joined AS SELECT ${selected.join(', ')} FROM "rows:0" AS v0 ${joins.join(' ')}`,
  );
  const names = [...taken];
  return { names, identity: names.filter(name => name !== '__row' && name !== '__label_known').sort() };
}

function greatestKnown(views: number): string {
  const known = Array.from({ length: views }, (_, i) => `v${i}.__label_known`);
  return known.length === 1 ? known[0]! : `greatest(${known.join(', ')})`;
}

async function requireUnique(database: Database, model: Model, key: readonly string[]): Promise<void> {
  const names = [...key, '__at'].map(identifier);
  for (const [i, view] of model.views.entries()) {
    const found = await database.rows(
      `SELECT concat_ws(', ', ${names.join(', ')}) AS example, count(*) AS n FROM ${identifier(`rows:${i}`)}
       GROUP BY ${names.join(', ')} HAVING count(*) > 1 ORDER BY 1 LIMIT 1000`,
    );
    if (found.length === 0) continue;
    const facts = { view, key: key.join(', '), rows: found.length, example: String(found[0]!['example']) };
    throw fault(dataMessages.duplicateKey, facts, { at: model.at });
  }
}
