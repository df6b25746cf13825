import { parseArgs } from 'node:util';
import type { Wrong } from '../engine/arguments.ts';
import { momentOf } from '../engine/moments.ts';
import type { GetOptions } from './offline/get.ts';
import type { FillOptions } from './online/fill.ts';

export const featuresUsage = `  features materialize [VIEW…|MODEL|DEPLOYMENT] [--from TIME] [--to TIME] [--keep MILLISECONDS] [--root DIR] [--json]
  features get VIEW|MODEL [--model MODEL] [--at FILE|TIME] [--moment COLUMN] [--key COLUMN=VALUE]… [--labels] --out FILE [--root DIR] [--json]`;

/** What `features …` asks for. */
export type FeaturesCommand = {
  readonly command: 'features';
  readonly json: boolean;
} & (
  | { readonly act: 'materialize'; readonly options: FillOptions }
  | { readonly act: 'get'; readonly options: GetOptions }
);

/** @throws Error with what is wrong with a value */
export function parseFeatures(args: readonly string[]): FeaturesCommand | Wrong {
  const [act, ...rest] = args;
  if (act === 'materialize') return parseMaterialize(rest);
  if (act === 'get') return parseGet(rest);
  return { wrong: `features ${act ?? ''}: there are materialize and get` };
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
      from: values.from === undefined ? null : momentOf(values.from) * 1000,
      to: values.to === undefined ? null : momentOf(values.to) * 1000,
      ...(keep === undefined ? {} : { keep }),
    },
  };
}

function parseGet(args: readonly string[]): FeaturesCommand | Wrong {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      at: { type: 'string' },
      moment: { type: 'string' },
      model: { type: 'string' },
      key: { type: 'string', multiple: true },
      labels: { type: 'boolean' },
      out: { type: 'string' },
      root: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const [view, ...more] = positionals;
  if (view === undefined || more.length > 0) return { wrong: 'features get takes one view' };
  if (values.out === undefined) return { wrong: 'features get needs --out FILE, .parquet or .csv' };
  const key = (values.key ?? []).map(text => {
    const match = /^([^=]+)=(.*)$/.exec(text);
    if (!match) throw new Error(`--key ${text}: write it as COLUMN=VALUE`);
    return [match[1]!, match[2]!] as const;
  });
  const options: GetOptions = {
    root: values.root ?? process.cwd(),
    view,
    at: values.at ?? null,
    out: values.out,
    labels: values.labels ?? false,
    key: Object.fromEntries(key),
    ...(values.moment === undefined ? {} : { moment: values.moment }),
    ...(values.model === undefined ? {} : { model: values.model }),
  };
  return { command: 'features', act: 'get', json: values.json ?? false, options };
}
