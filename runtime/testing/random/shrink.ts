import type { Plan, Type } from '../../../compiler/plan/plan.ts';
import { schemaOf } from '../../../compiler/targets/typescript/reads.ts';
import type { Held, Row, Tables } from '../values.ts';
import { matches } from './text.ts';

const mostTries = 250;
const mostMilliseconds = 5_000;

/** How often it may still be tried, and with how much work: what others do on the machine changes no answer. */
class Budget {
  #left = mostTries;
  readonly #begun = process.cpuUsage();
  spend(): boolean {
    const { user, system } = process.cpuUsage(this.#begun);
    return this.#left-- > 0 && user + system < mostMilliseconds * 1000;
  }
}

/**
 * The least rows, with the plainest values, of which something still does not hold: rows are left out, then values become
 * null, zero or short. `again` gives the finding on other tables, if it is still there.
 */
export async function shrink<F extends { readonly tables: Tables }>(
  plan: Plan,
  found: F,
  again: (tables: Tables) => Promise<F | null>,
): Promise<F> {
  const budget = new Budget();
  const attempt = async (tables: Tables): Promise<F | null> => (budget.spend() ? again(tables) : null);
  let best = await withoutRows(found, attempt);
  for (const name of Object.keys(best.tables)) {
    const schema = plan.schemas[schemaOf(plan, name)!]!;
    for (const { name: column, type } of schema.columns) {
      if (column === schema.eventTime) continue;
      best = await withPlainerCells(best, name, column, type, attempt);
    }
  }
  return withoutRows(best, attempt);
}

type Attempt<F> = (tables: Tables) => Promise<F | null>;

/** By halves first, then one by one. */
async function withoutRows<F extends { readonly tables: Tables }>(found: F, attempt: Attempt<F>): Promise<F> {
  let best = found;
  for (const name of Object.keys(best.tables)) {
    for (
      let size = Math.ceil(best.tables[name]!.length / 2);
      size >= 1;
      size = size > 1 ? Math.ceil(size / 2) : 0
    ) {
      for (let from = 0; from < best.tables[name]!.length; ) {
        const rows = best.tables[name]!;
        const fewer = [...rows.slice(0, from), ...rows.slice(from + size)];
        const smaller = await attempt({ ...best.tables, [name]: fewer });
        if (smaller) best = smaller;
        else from += size;
      }
    }
  }
  return best;
}

async function withPlainerCells<F extends { readonly tables: Tables }>(
  found: F,
  table: string,
  column: string,
  type: Type,
  attempt: Attempt<F>,
): Promise<F> {
  let best = found;
  for (let i = 0; i < best.tables[table]!.length; i++) {
    const value = best.tables[table]![i]![column] ?? null;
    for (const plainer of plainerValues(value, type)) {
      const rows = best.tables[table]!.map((row, j): Row => (j === i ? { ...row, [column]: plainer } : row));
      const smaller = await attempt({ ...best.tables, [table]: rows });
      if (!smaller) continue;
      best = smaller;
      break;
    }
  }
  return best;
}

/** Values of the type that are easier to read than this one, the plainest first. */
export function plainerValues(value: Held, type: Type): Held[] {
  if (value === null) return [];
  const missing: Held[] = type.optional ? [null] : [];
  return [...missing, ...candidates(value, type).filter(one => one !== value)];
}

function candidates(value: Held, { kind, min, max, values, members, pattern }: Type): Held[] {
  const allowed = values ?? members;
  if (allowed) return allowed.slice(0, 1);
  if (kind === 'bool') return [false];
  if (kind === 'string') {
    const fits = (text: string) => pattern === undefined || matches(pattern, text);
    return ['', 'a'].filter(text => text.length < String(value).length && fits(text));
  }
  if (kind !== 'int' && kind !== 'float' && kind !== 'duration') return [];
  const number = Number(value);
  const inside = (x: number) =>
    (min === undefined || x >= Number(min)) && (max === undefined || x <= Number(max));
  return [0, 1, Math.trunc(number), Math.trunc(number / 10)].filter(
    x => inside(x) && Math.abs(x) <= Math.abs(number) && !Object.is(x, -0),
  );
}
