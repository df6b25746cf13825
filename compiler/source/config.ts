import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { projectMessages } from '../diagnostics/messages/project.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { decode } from './decode.ts';
import type { Host } from './host.ts';
import type { SourceFile, Span } from './text.ts';

/** `mlp.json` in the project folder. All settings are optional, and so is the file. */
export interface Config {
  /** Warnings that the project does not want to see, each with the reason why. */
  readonly suppress?: readonly ProjectSuppression[];
  /** Settings of `mlp lint`; `compiler/lint/settings.ts` looks into them. */
  readonly lint?: unknown;
}
export interface ProjectSuppression {
  readonly code: string;
  readonly reason: string;
}

const isSuppression = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).sort().join() === 'code,reason' &&
  Object.values(value).every(text => typeof text === 'string' && text !== '');

const settings: Readonly<
  Record<string, { readonly expected: string; readonly fits: (value: unknown) => boolean }>
> = {
  // Where an editor finds the JSON Schema of this file.
  $schema: { expected: 'a text', fits: value => typeof value === 'string' },
  suppress: {
    expected: 'a list of { "code": "MLP…", "reason": "…" }',
    fits: value => Array.isArray(value) && value.every(isSuppression),
  },
  lint: {
    expected: 'an object with the settings of mlp lint',
    fits: value => typeof value === 'object' && value !== null && !Array.isArray(value),
  },
};

export interface ReadConfig {
  readonly config: Config;
  /** Undefined if there is no `mlp.json`. */
  readonly file: SourceFile | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads `mlp.json`; what is wrong in it is reported and left out. */
export function readConfig(host: Host): ReadConfig {
  const bytes = host.readFile('mlp.json');
  if (bytes === undefined) return { config: {}, file: undefined, diagnostics: [] };
  const { file, diagnostics: decoding } = decode('mlp.json', bytes);
  const diagnostics: Diagnostic[] = [...decoding];
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch (error) {
    const reason = (error as Error).message;
    diagnostics.push(projectMessages.configSyntax({ reason }, { file, span: faultIn(file, reason) }));
    return { config: {}, file, diagnostics };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const span = { start: 0, end: file.text.length };
    diagnostics.push(projectMessages.configSyntax({ reason: 'it must be one object' }, { file, span }));
    return { config: {}, file, diagnostics };
  }
  const config: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    const span = keyIn(file, key);
    if (!setting) {
      const known = Object.keys(settings);
      const suggestion = suggest(key, known);
      const title = `change it to "${suggestion}"`;
      const fixes =
        suggestion === undefined || suggestion in value
          ? []
          : [{ title, edits: [{ file, span, text: JSON.stringify(suggestion) }] }];
      diagnostics.push(projectMessages.configKey({ key, known, suggestion }, { file, span, fixes }));
    } else if (!setting.fits(given)) {
      diagnostics.push(projectMessages.configValue({ key, expected: setting.expected }, { file, span }));
    } else config[key] = given;
  }
  return { config: config as Config, file, diagnostics };
}

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
