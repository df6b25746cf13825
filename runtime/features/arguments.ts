import { parseArgs } from 'node:util';
import type { Wrong } from '../engine/arguments.ts';
import type { FillOptions } from './online/fill.ts';

export const featuresUsage = `  features materialize [VIEW…|MODEL|DEPLOYMENT] [--from TIME] [--to TIME] [--keep MILLISECONDS] [--root DIR] [--json]`;

/** What `features …` asks for. */
export type FeaturesCommand = {
  readonly command: 'features';
  readonly json: boolean;
} & { readonly act: 'materialize'; readonly options: FillOptions };

/** @throws Error with what is wrong with a value */
export function parseFeatures(args: readonly string[]): FeaturesCommand | Wrong {
  const [act, ...rest] = args;
  if (act === 'materialize') return parseMaterialize(rest);
  return { wrong: `features ${act ?? ''}: there is materialize` };
}

function parseMaterialize(args: readonly string[]): FeaturesCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      keep: { type: 'string' },
      root: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const keep = values.keep === undefined ? undefined : Number(values.keep);
  if (keep !== undefined && !(keep >= 0)) throw new Error(`--keep takes milliseconds, not ${values.keep}`);
  return {
    command: 'features',
    act: 'materialize',
    json: values.json ?? false,
    options: {
      root: values.root ?? process.cwd(),
      names: positionals,
      from: values.from === undefined ? null : microseconds(values.from),
      to: values.to === undefined ? null : microseconds(values.to),
      ...(keep === undefined ? {} : { keep }),
    },
  };
}

/** A moment in microseconds; without a zone it is taken for UTC, as a wall-clock time is held. */
export function microseconds(text: string): number {
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text);
  const at = Date.parse(zoned ? text : /T/.test(text) ? `${text}Z` : `${text}T00:00:00Z`);
  if (Number.isNaN(at)) throw new Error(`${text} is not a time: write 2001-03-01 or 2001-03-01T18:15`);
  return at * 1000;
}
