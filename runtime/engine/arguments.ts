import { parseArgs } from 'node:util';
import { type FeaturesCommand, featuresUsage, parseFeatures } from '../features/arguments.ts';
import type { PrepareCommand } from '../foreign/prepare-command.ts';
import type { ServeOptions } from '../serve/serve.ts';
import type { StepParams } from './contract.ts';
import { momentOf } from './moments.ts';
import type { RunOptions } from './run.ts';
import type { StepOptions } from './step.ts';

export const usage = `Usage:
  run [GOAL] [--from TIME] [--to TIME] [--try MODEL.PARAM=VALUE]… [--force] [--jobs N] [--memory SIZE] [--root DIR] [--json] [--html FILE]
  step NAME --in DIR --out DIR [--params FILE] [--root DIR]
${featuresUsage}
  prepare [GOAL] [--root DIR]
  serve [DEPLOYMENT] [--port N] [--host H] [--access-log] [--root DIR]

run carries out what GOAL needs and keeps the results in DIR/.mlp, and its report as a page in FILE; step carries out one step on the folders it is given; prepare makes what the steps of GOAL need beside themselves, so that they run without a network; serve answers requests with the champion until it is stopped.
Exit codes: 0 fine, 1 at fault, 2 wrong usage, 3 refused by a gate or a validation, 130 cancelled.
`;

export interface Wrong {
  readonly wrong: string;
}

export type Parsed =
  | { readonly help: true }
  | Wrong
  | {
      readonly command: 'run';
      readonly options: RunOptions;
      readonly json: boolean;
      readonly html: string | null;
    }
  | { readonly command: 'step'; readonly step: string; readonly options: StepOptions }
  | FeaturesCommand
  | { readonly command: 'prepare'; readonly options: PrepareCommand }
  | { readonly command: 'serve'; readonly options: ServeOptions };

export function parseArguments(argv: readonly string[]): Parsed {
  const [command, ...rest] = argv;
  if (command === undefined || command === '--help' || command === '-h' || command === 'help')
    return { help: true };
  try {
    if (command === 'run') return parseRun(rest);
    if (command === 'step') return parseStep(rest);
    if (command === 'prepare') return parsePrepare(rest);
    if (command === 'features') return parseFeatures(rest);
    if (command === 'serve') return parseServe(rest);
  } catch (error) {
    return { wrong: (error as Error).message };
  }
  return { wrong: `there is no command ${command}; there are run, step, prepare, features and serve` };
}

function parsePrepare(args: readonly string[]): Parsed {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { root: { type: 'string' } },
  });
  if (positionals.length > 1) return { wrong: 'prepare takes one goal' };
  return { command: 'prepare', options: { root: values.root ?? '.', goal: positionals[0] } };
}

function parseRun(args: readonly string[]): Parsed {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      try: { type: 'string', multiple: true },
      force: { type: 'boolean' },
      jobs: { type: 'string' },
      memory: { type: 'string' },
      root: { type: 'string' },
      json: { type: 'boolean' },
      html: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return { help: true };
  if (positionals.length > 1) return { wrong: `run takes one goal, not ${positionals.length}` };
  const options: RunOptions = {
    root: values.root ?? process.cwd(),
    goal: positionals[0],
    from: instant(values.from),
    to: instant(values.to),
    overrides: parseOverrides(values.try ?? []),
    force: values.force ?? false,
    ...(values.jobs === undefined ? {} : { jobs: wholeNumber('--jobs', values.jobs) }),
    ...(values.memory === undefined ? {} : { memory: parseBytes(values.memory) }),
  };
  return { command: 'run', options, json: values.json ?? false, html: values.html ?? null };
}

function parseStep(args: readonly string[]): Parsed {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      in: { type: 'string' },
      out: { type: 'string' },
      params: { type: 'string' },
      root: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return { help: true };
  const [step, ...more] = positionals;
  if (step === undefined || more.length > 0) return { wrong: 'step takes the name of one step' };
  if (values.in === undefined || values.out === undefined)
    return { wrong: 'step needs --in DIR and --out DIR' };
  const options = {
    in: values.in,
    out: values.out,
    params: values.params,
    root: values.root ?? process.cwd(),
  };
  return { command: 'step', step, options };
}

function parseServe(args: readonly string[]): Parsed {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'access-log': { type: 'boolean' },
      root: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return { help: true };
  if (positionals.length > 1) return { wrong: `serve takes one deployment, not ${positionals.length}` };
  const options: ServeOptions = {
    root: values.root ?? process.cwd(),
    deployment: positionals[0],
    host: values.host,
    port: values.port === undefined ? undefined : portNumber(values.port),
    accessLog: values['access-log'] ?? false,
  };
  return { command: 'serve', options };
}

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, not ${text}`);
  return Number(text);
}

/** `lateness.depth=8` as the `overrides` of `params/1`; throws on anything else. */
export function parseOverrides(given: readonly string[]): StepParams['overrides'] {
  const overrides: Record<string, Record<string, number | string | boolean>> = {};
  for (const text of given) {
    const match = /^([^.=]+)\.([^=]+)=(.+)$/.exec(text);
    if (!match) throw new Error(`--try ${text}: write it as MODEL.PARAMETER=VALUE`);
    const [, model, name, value] = match as unknown as [string, string, string, string];
    overrides[model] ??= {};
    overrides[model][name] = parseValue(value);
  }
  return overrides;
}

function parseValue(text: string): number | string | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text.replace(/_/g, ''));
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}

/** An instant of the data interval as `params/1` wants it. */
const instant = (text: string | undefined): string | null =>
  text === undefined ? null : new Date(momentOf(text)).toISOString();

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} takes a whole number from 1, not ${text}`);
  return Number(text);
}

const units: Readonly<Record<string, number>> = {
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
};

/** `2GiB` in bytes. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMG]i?B)$/.exec(text);
  if (!match) throw new Error(`${text} is not a size: write 2GiB or 512MiB`);
  return Number(match[1]) * units[match[2]!]!;
}
