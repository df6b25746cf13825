import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { zoneNames } from '../../../../compiler/semantics/generated/zone-names.ts';
import { daysFromCivil } from '../../../../runtime/features/functions/calendar.ts';
import { zones } from '../../../../runtime/features/functions/generated/zones.ts';
import { functions, RowError } from '../../../../runtime/features/functions/index.ts';
import { offsetAt } from '../../../../runtime/features/functions/zones.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import { Random } from '../../../support/random.ts';

const again = 'DuckDB has other zones now: `node --import tsx scripts/generate-zones.ts`';

/** The seconds at which a zone's offset changes, as its text has them. */
function changesIn(text: string): number[] {
  let at = daysFromCivil(1800, 1, 1) * 86_400;
  return [...text.split(';')[1]!.matchAll(/(\.?)([0-9a-z]+)[A-Z]/g)].map(([, exact, step]) => {
    at += Number.parseInt(step!, 36) * (exact === '.' ? 1 : 900);
    return at;
  });
}

test('the table has the zones of DuckDB', async () => {
  const connection = await openDuckDB(1);
  const found = await query(connection, 'SELECT DISTINCT name FROM pg_timezone_names() ORDER BY name');
  const names = found.map(row => String(row['name'])).filter(name => name !== 'Factory');
  assert.equal(zoneNames, names, again);
  assert.equal(
    Object.keys(zones)
      .flatMap(of => of.split(' '))
      .sort(),
    names,
    again,
  );
  connection.closeSync();
});

test('each zone has the offset that DuckDB has: about each change, between changes, and at random from 1700 to 2400', async () => {
  const random = new Random();
  const connection = await openDuckDB(1);
  let compared = 0;
  for (const [names, text] of Object.entries(zones)) {
    const changes = changesIn(text);
    const [first, last] = [daysFromCivil(1700, 1, 1) * 86_400, daysFromCivil(2400, 1, 1) * 86_400];
    const about = changes.flatMap((at, i) => [at - 1, at, Math.floor((at + (changes[i + 1] ?? last)) / 2)]);
    // Months and days of a summer that comes back each year.
    const yearly = Array.from({ length: 120 }, () => first + Math.floor(random.next() * (last - first)));
    const seconds = [...about, ...yearly];
    const zone = random.pick(names.split(' '));
    const [row] = await query(
      connection,
      `SELECT list(epoch_us(timezone('${zone}', to_timestamp(CAST(s AS DOUBLE)))) // 1000000 - s ORDER BY i) AS o
        FROM (SELECT unnest([${seconds}]::BIGINT[]) AS s, unnest(range(${seconds.length})) AS i)`,
    );
    const items = row!['o'] as readonly bigint[];
    const wrong = seconds.filter((at, i) => offsetAt(at, zone) !== Number(items[i]));
    const shown = wrong
      .slice(0, 3)
      .map(at => `${at}: ${offsetAt(at, zone)}, DuckDB ${items[seconds.indexOf(at)]}`);
    assert.equal(shown, [], `seed ${random.seed}, ${zone}. ${again}`);
    compared += seconds.length;
  }
  console.log(`seed ${random.seed}: ${compared} moments of ${Object.keys(zones).length} zones`);
  connection.closeSync();
});

test('a zone of which Node knows less than DuckDB', () => {
  const at = Date.UTC(2027, 0, 15, 12) * 1000;
  // British Columbia keeps its summer time from 2026 on.
  assert.is(functions.hour_timestamp_string(at, 'America/Vancouver'), 5);
  assert.is(functions.hour_timestamp_string(at, 'america/vancouver'), 5);
  assert.throws(
    () => functions.local(at, 'America/Vancuver'),
    (error: unknown) => error instanceof RowError,
  );
});

test.run();
