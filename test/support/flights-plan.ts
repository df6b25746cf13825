import type { Plan } from '../../compiler/plan/plan.ts';
import * as p from './plan.ts';

/** The flights example as the compiler would plan it, without models. */
export function flightsPlan(): Plan {
  const delay = { ...p.int, min: -60, max: 1800 };
  const flight = p.schema(
    {
      date: p.datetime,
      origin: { ...p.string, pattern: '[A-Z0-9]{3}' },
      destination: { ...p.string, pattern: '[A-Z0-9]{3}' },
      distance: { ...p.int, min: 1, max: 6000, unit: 'miles' },
      delay: [delay, { known: p.afterEvent(12 * p.HOUR) }],
    },
    { eventTime: 'date' },
  );
  const airport = p.schema(
    {
      iata: p.string,
      name: p.string,
      city: p.optional(p.string),
      state: p.optional(p.string),
      country: p.string,
      latitude: { ...p.float, min: -90, max: 90 },
      longitude: { ...p.float, min: -180, max: 180 },
    },
    { key: ['iata'] },
  );
  const hour = p.call('hour_datetime', p.int, p.column('date', p.datetime));
  const peak = p.call(
    'or',
    p.bool,
    p.call('in_range', p.bool, hour, p.literal(6), p.literal(9)),
    p.call('in_range', p.bool, hour, p.literal(16), p.literal(19)),
  );
  const recent = p.window(
    'mean',
    p.call('to_float_int', p.float, p.column('delay', p.int, 'other')),
    p.optional(p.float),
    {
      table: 'flights',
      length: 7 * p.DAY,
      by: [{ own: p.column('origin', p.string), other: 'origin' }],
      eventTime: 'date',
      known: p.afterEvent(12 * p.HOUR),
    },
  );
  const departure = p.view(
    'flights',
    [
      p.featureOf('origin', p.column('origin', p.string)),
      p.featureOf('hour', hour),
      p.featureOf('weekday', p.call('weekday_datetime', p.string, p.column('date', p.datetime))),
      p.featureOf('peak', peak),
      p.featureOf(
        'miles',
        p.call('log1p', p.float, p.call('to_float_int', p.float, p.column('distance', p.int))),
      ),
      p.featureOf(
        'state',
        p.call('coalesce', p.string, p.column('state', p.optional(p.string), 'home'), p.literal('unknown')),
      ),
      p.featureOf('recent_delay', p.call('coalesce', p.float, recent, p.literal(0, p.float))),
      p.featureOf('late', p.call('gt', p.bool, p.column('delay', p.int), p.literal(15)), {
        label: true,
        known: p.afterEvent(12 * p.HOUR),
      }),
    ],
    {
      moment: { kind: 'column', column: 'date', offset: 0 },
      eventTime: 'date',
      joins: [
        p.join({
          alias: 'home',
          table: 'airports',
          on: [{ own: p.column('origin', p.string), other: 'iata' }],
        }),
      ],
    },
  );
  return p.plan({
    schemas: { Flight: flight, Airport: airport },
    sources: { flights: p.source('Flight'), airports: p.source('Airport') },
    views: { Departure: departure },
  });
}
