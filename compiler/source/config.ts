import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { projectMessages } from '../diagnostics/messages/project.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { decode } from './decode.ts';
import type { Host } from './host.ts';
import type { SourceFile, Span } from './text.ts';

/** `mlp.json` in the project folder. All settings are optional, and so is the file. */
export interface Config {
  /** The project's name, for reports and packages. */
  readonly name?: string;
  /** The environment that is meant when none is named. */
  readonly environment?: string;
}

const settings: Readonly<
  Record<string, { readonly expected: string; readonly fits: (value: unknown) => boolean }>
> = {
  $schema: { expected: 'a text', fits: value => typeof value === 'string' },
  name: { expected: 'a text that is not empty', fits: value => typeof value === 'string' && value !== '' },
  environment: {
    expected: 'the name of an environment',
    fits: value => typeof value === 'string' && value !== '',
  },
};

export interface ReadConfig {
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads `mlp.json`; what is wrong in it is reported and left out. */
export function readConfig(host: Host): ReadConfig {
  const bytes = host.readFile('mlp.json');
  if (bytes === undefined) return { config: {}, diagnostics: [] };
  const { file, diagnostics: decoding } = decode('mlp.json', bytes);
  const diagnostics: Diagnostic[] = [...decoding];
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch (error) {
    const reason = (error as Error).message;
    diagnostics.push(projectMessages.configSyntax({ reason }, { file, span: faultIn(file, reason) }));
    return { config: {}, diagnostics };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const span = { start: 0, end: file.text.length };
    diagnostics.push(projectMessages.configSyntax({ reason: 'it must be one object' }, { file, span }));
    return { config: {}, diagnostics };
  }
  const config: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    const span = keyIn(file, key);
    if (!setting) {
      const known = Object.keys(settings);
      diagnostics.push(
        projectMessages.configKey({ key, known, suggestion: suggest(key, known) }, { file, span }),
      );
    } else if (!setting.fits(given)) {
      diagnostics.push(projectMessages.configValue({ key, expected: setting.expected }, { file, span }));
    } else config[key] = given;
  }
  return { config: config as Config, diagnostics };
}

export const checkConfig = (host: Host): readonly Diagnostic[] => readConfig(host).diagnostics;

/** V8 says at which position JSON ends to make sense. */
function faultIn(file: SourceFile, reason: string): Span {
  const position = /position (\d+)/.exec(reason);
  const start = Math.min(
    position ? Number(position[1]) : Math.max(0, file.text.length - 1),
    file.text.length,
  );
  return { start, end: Math.min(start + 1, file.text.length) };
}

function keyIn(file: SourceFile, key: string): Span {
  const text = JSON.stringify(key);
  const start = Math.max(0, file.text.indexOf(text));
  return { start, end: Math.min(start + text.length, file.text.length) };
}
