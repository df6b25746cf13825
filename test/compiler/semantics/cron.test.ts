import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Cron, type CronFault, gapsOf, isFault, parseCron } from '../../../compiler/semantics/cron.ts';
import { nearestZone, zoneExists } from '../../../compiler/semantics/zones.ts';
import { Random, rounds } from '../../support/random.ts';

const cron = (text: string): Cron => {
  const parsed = parseCron(text);
  if (isFault(parsed)) throw new Error(parsed.problem);
  return parsed;
};
const fault = (text: string): CronFault => {
  const parsed = parseCron(text);
  if (!isFault(parsed)) throw new Error(`${text} is understood`);
  return parsed;
};
/** What is underlined. */
const marked = (text: string): string => text.slice(fault(text).start, fault(text).end);

test('lists, ranges, steps and names', () => {
  const { minutes, hours, dates, months, weekdays } = cron(' 1,5-7  */6 10/10 jan,jul-AUG sun,7,fri-6');
  assert.equal(minutes, [1, 5, 6, 7]);
  assert.equal(hours, [0, 6, 12, 18]);
  assert.equal(dates, [10, 20, 30]);
  assert.equal(months, [1, 7, 8]);
  assert.equal(weekdays, [0, 0, 5, 6]);
});

test('exactly what is wrong is underlined', () => {
  assert.is(marked('0 3 1,15,32 * *'), '32');
  assert.is(marked('60 3 * * *'), '60');
  assert.is(marked('0 24 * * *'), '24');
  assert.is(marked('0 3 * foo *'), 'foo');
  assert.is(marked('0 3 * * 5-1'), '5-1');
  assert.is(marked('*/0 3 * * *'), '*/0');
  assert.is(marked('0 3,,4 * * *'), '3,,4');
  assert.is(marked('0 3 * * MON#2'), 'MON#2');
  assert.is(marked('0 3 30 2 *'), '30 2');
  assert.is(marked(' 0 3 * *'), '0 3 * *');
  assert.is(marked('5 0 3 * * *'), '5');
  assert.is(marked('@daily'), '@daily');
});

test('days that never come, and days that do', () => {
  for (const text of ['0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 31 feb *'])
    assert.match(fault(text).problem, /never comes/);
  // With a day of the week, one of the two is enough.
  for (const text of ['0 0 29 2 *', '0 0 31 * *', '0 0 30 2 mon', '0 0 31 4,5 *']) cron(text);
});

test('what may be meant can be used', () => {
  for (const text of [
    '@hourly',
    '@daily',
    '@midnight',
    '@weekly',
    '@monthly',
    '@yearly',
    '@Annually',
    '0 0 3 * * ?',
  ])
    cron(fault(text).instead ?? 'nothing');
});

test('gaps between two starts', () => {
  const hours = (...texts: string[]) => {
    const gaps = gapsOf(texts.map(cron));
    return gaps && [gaps.least / 60, gaps.most / 60];
  };
  assert.equal(hours('0 * * * *'), [1, 1]);
  assert.equal(hours('0 3 * * *'), [24, 24]);
  assert.equal(hours('0 3,5 * * *'), [2, 22]);
  assert.equal(hours('0 */5 * * *'), [4, 5]);
  assert.equal(hours('0 3 * * 1-5'), [24, 72]);
  assert.equal(hours('0 3 * * 1'), [168, 168]);
  assert.equal(hours('0 3 1 * *'), [28 * 24, 31 * 24]);
  assert.equal(hours('0 3 31 * *'), [31 * 24, 61 * 24]);
  // Either of the two days.
  assert.equal(hours('0 3 1 * 1'), [24, 168]);
  assert.equal(hours('0 3 * * *', '30 4 * * 1'), [1.5, 24]);
  assert.equal(hours('0 3 * * *', '0 3 * * 1'), [24, 24]);
});

test('gaps agree with all minutes of a month, tried one by one', () => {
  const chance = new Random();
  const part = (low: number, high: number): string =>
    chance.pick([
      '*',
      `${chance.int(low, high)}`,
      `*/${chance.int(2, 9)}`,
      `${low}-${chance.int(low, high)}`,
    ]);
  for (let round = 0; round < rounds(20, 2_000); round++) {
    const text = `${part(0, 59)} ${part(0, 23)} * * ${chance.pick(['*', '1-5', '0,6', `${chance.int(0, 6)}`])}`;
    const parsed = cron(text);
    const starts: number[] = [];
    for (let minute = 0; minute < 28 * 1440; minute++) {
      const at = new Date(Date.UTC(2024, 0, 1, 0, minute));
      const comes =
        parsed.minutes.includes(at.getUTCMinutes()) &&
        parsed.hours.includes(at.getUTCHours()) &&
        parsed.weekdays.includes(at.getUTCDay());
      if (comes) starts.push(minute);
    }
    const gaps = starts.slice(1).map((start, i) => start - starts[i]!);
    const expected = { least: Math.min(...gaps), most: Math.max(...gaps) };
    assert.equal(gapsOf([parsed]), expected, `${text}, seed ${chance.seed}`);
  }
});

test('time zones in the spelling of their database', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/Chicago', 'US/Eastern', 'Asia/Kolkata'])
    assert.ok(zoneExists(zone), zone);
  for (const zone of ['europe/berlin', 'utc', 'Europe/Munich', '+01:00', 'GMT+1', '', 'Mars/Olympus'])
    assert.not.ok(zoneExists(zone), zone);
  const meant = {
    'europe/BERLIN': 'Europe/Berlin',
    'Europe/Berln': 'Europe/Berlin',
    'America/Berlin': 'Europe/Berlin',
    'America/NewYork': 'America/New_York',
    Berlin: 'Europe/Berlin',
    'UTC+1': 'Etc/GMT-1',
    'gmt-05:00': 'Etc/GMT+5',
    'UTC+0': 'UTC',
    // No other place is meant by these.
    'Europe/Wien': undefined,
    'Europe/Munich': undefined,
    'UTC+30': undefined,
  };
  for (const [zone, suggestion] of Object.entries(meant)) assert.is(nearestZone(zone), suggestion, zone);
});

test.run();
