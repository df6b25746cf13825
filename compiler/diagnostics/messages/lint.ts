import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

const meant = (suggestion: string | undefined, otherwise: string): string =>
  suggestion === undefined ? otherwise : `did you mean ${suggestion}?`;
const UNUSED = 'import std.metrics { auc }';

/** An `mlp.json`. */
const settings = (lint: object): string => `${JSON.stringify({ lint }, null, 2)}\n`;

/** Several files in one text, each below a line with its name. */
const files = (named: Readonly<Record<string, string>>): string =>
  Object.entries(named)
    .map(([name, text]) => `// file: ${name}\n${text}`)
    .join('');

const LOCKED = settings({ locked: ['missing-seed'] });
const seeded = example({ model: MODEL });
const seedless = seeded
  .replace('  seed 1\n', '')
  .replace('model buyers', '// mlp-allow MLP7111: it draws nothing\nmodel buyers');

/** A project whose own settings say this of a rule that the folder above locks. */
const below = (level: string): string =>
  files({ '../mlp.json': LOCKED, 'mlp.json': settings({ rules: { 'missing-seed': level } }) });

/** Messages about suppressions and the linter's settings: codes MLP7001 to MLP7099. The rules' own begin with MLP7101. */
export const lintMessages = {
  noReason: defineMessage<{ codes: string }>({
    code: 'MLP7001',
    severity: 'error',
    title: 'a suppression without a reason',
    message: ({ codes }) => `this suppresses ${codes} and does not say why`,
    hint: ({ codes }) =>
      `write the reason behind a colon: \`// mlp-allow ${codes}: checked by hand in June\`; in an annotation it is the second argument`,
    explanation: {
      text: 'Whoever reads a suppression later must be able to tell whether it still holds. So each one says why: `// mlp-allow CODE: reason` for a line, `// mlp-allow-file CODE: reason` for a file, `@suppress("CODE", "reason")` for a declaration or a column, and an entry of `suppress` in `mlp.json` for the project.',
      wrong: example({ imports: `// mlp-allow MLP2008\n${UNUSED}` }),
      right: example({ imports: `// mlp-allow MLP2008: the gate of the next model reads it\n${UNUSED}` }),
    },
  }),
  notUnderstood: defineMessage<{ found: string }>({
    code: 'MLP7002',
    severity: 'error',
    title: 'a suppression that is not understood',
    message: ({ found }) => `\`${found}\` names no codes to suppress`,
    hint: () => 'write `// mlp-allow MLP2008: reason`, or several codes with commas between them',
    explanation: {
      text: 'A comment that begins with `mlp-allow` or `mlp-allow-file` suppresses warnings by their codes. One that is written in another way would do nothing, in silence.',
      wrong: example({ imports: `// mlp-allow unused imports: later\n${UNUSED}` }),
      right: example({ imports: `// mlp-allow MLP2008: the gate of the next model reads it\n${UNUSED}` }),
    },
  }),
  unknownCode: defineMessage<{ code: string; suggestion?: string | undefined }>({
    code: 'MLP7003',
    severity: 'error',
    title: 'a suppression of a code that is not there',
    message: ({ code }) => `there is no code ${code} to suppress`,
    hint: ({ suggestion }) => meant(suggestion, '`mlp explain` lists all codes'),
    explanation: {
      text: 'A suppression of a code that nothing has suppresses nothing, and whoever wrote it believes that it does.',
      wrong: example({ imports: `// mlp-allow MLP2080: the gate of the next model reads it\n${UNUSED}` }),
      right: example({ imports: `// mlp-allow MLP2008: the gate of the next model reads it\n${UNUSED}` }),
    },
  }),
  locked: defineMessage<{ code: string; rule: string; by: string }>({
    code: 'MLP7004',
    severity: 'error',
    title: 'a suppression of a rule that is locked',
    message: ({ code, rule, by }) => `${code} (\`${rule}\`) cannot be suppressed: ${by} locks it`,
    hint: () => 'repair what the rule says, or ask those who look after that file to unlock it',
    explanation: {
      text: 'A project lists in `locked` the rules that no spec may suppress; those of a folder hold for all projects below it.',
      wrong: files({ 'mlp.json': LOCKED, 'main.mlp': seedless }),
      right: files({ 'mlp.json': LOCKED, 'main.mlp': seeded }),
    },
  }),
  lowered: defineMessage<{ rule: string; by: string; what: string }>({
    code: 'MLP7005',
    severity: 'error',
    title: 'a setting of a rule that is locked',
    message: ({ rule, by, what }) => `${what} of \`${rule}\` cannot be set here: ${by} locks the rule`,
    hint: () => 'leave the rule out here; a higher level is allowed',
    explanation: {
      text: 'A rule that is locked further up can be made stricter below, not looser: neither its level nor its options.',
      wrong: below('off'),
      right: below('error'),
    },
  }),
  unknownRule: defineMessage<{ rule: string; suggestion?: string | undefined }>({
    code: 'MLP7006',
    severity: 'error',
    title: 'a setting for a rule that is not there',
    message: ({ rule }) => `there is no rule "${rule}"`,
    hint: ({ suggestion }) =>
      meant(suggestion === undefined ? undefined : `"${suggestion}"`, '`mlp lint --rules` lists them'),
    explanation: {
      text: 'A setting that no rule reads would be ignored in silence. Rules have names such as `missing-seed`.',
      wrong: settings({ rules: { 'mising-seed': 'error' } }),
      right: settings({ rules: { 'missing-seed': 'error' } }),
    },
  }),
  setting: defineMessage<{ where: string; reason: string }>({
    code: 'MLP7007',
    severity: 'error',
    title: 'a setting of the linter with a wrong value',
    message: ({ where, reason }) => `${where} ${reason}`,
    hint: () =>
      'for example { "extends": "mlp:strict", "rules": { "missing-seed": "error", "small-slice": ["warn", { "least": 200 }] }, "locked": ["personal-example"] }',
    explanation: {
      text: 'The settings of `mlp lint` stand in `mlp.json` under `lint`: `extends` (presets, files, packages), `rules` (a level, or a level with options), and `locked` (rules that no spec may suppress). They are checked against the schema `compiler/lint/config.schema.json`.',
      wrong: settings({ rules: { 'missing-seed': 'always' } }),
      right: settings({ rules: { 'missing-seed': 'error' } }),
    },
  }),
  missingSettings: defineMessage<{ name: string; reason: string; suggestion?: string | undefined }>({
    code: 'MLP7008',
    severity: 'error',
    title: 'settings of the linter that cannot be read',
    message: ({ name, reason }) => `"${name}" ${reason}`,
    hint: ({ suggestion }) =>
      meant(
        suggestion === undefined ? undefined : `"${suggestion}"`,
        'presets are "mlp:recommended", "mlp:strict" and "mlp:none"; a file begins with ./ or ../; all else is a package with a file mlp-lint.json',
      ),
    explanation: {
      text: '`extends` takes over the settings of a preset, a file or an installed package. Settings that are not found, or that extend one another in a circle, would leave rules out in silence.',
      wrong: settings({ extends: 'mlp:strickt' }),
      right: settings({ extends: 'mlp:strict' }),
    },
  }),
} as const;
