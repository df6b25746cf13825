import { defineMessage } from '../define.ts';
import { example } from './examples.ts';

const meant = (suggestion: string | undefined): string | undefined =>
  suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`;

/** Messages about projects, params and environments: codes MLP6001 to MLP6499. */
export const projectMessages = {
  paramWithoutValue: defineMessage<{ name: string }>({
    code: 'MLP6001',
    severity: 'error',
    title: 'a param without a value',
    message: ({ name }) => `the param \`${name}\` has no value`,
    hint: ({ name }) => `give it a default (\`= …\`), or a value from outside: --set ${name}=…`,
    explanation: {
      text: 'The plan holds values, so a param without a default must be set on the command line or by the environment.',
      wrong: example({ more: 'param horizon: duration' }),
      right: example({ more: 'param horizon: duration = 30d' }),
    },
  }),
  setNotAValue: defineMessage<{ name: string; text: string; type: string }>({
    code: 'MLP6002',
    severity: 'error',
    title: 'a setting that is no value',
    message: ({ name, text, type }) => `--set ${name}=${text} is not a value; \`${name}\` is ${type}`,
    hint: () => 'write it as in a spec: 60d, 0.5, 5%, true, 2024-01-31; text needs no quotes',
    explanation: {
      text: 'A value from the command line is read as a literal of the language and checked against the param’s type. This code is met with `--set`, not in a spec.',
      wrong: example({ more: 'param horizon: duration = 30d' }),
      right: example({ more: 'param horizon: duration = 30d' }),
    },
  }),
  unknownParam: defineMessage<{ name: string; known: readonly string[] }>({
    code: 'MLP6003',
    severity: 'error',
    title: 'a setting for a param that is not there',
    message: ({ name }) => `there is no param \`${name}\` to set`,
    hint: ({ known }) => (known.length ? `params are ${known.join(', ')}` : 'the spec has no params'),
    explanation: {
      text: 'A name after `--set` that no param has would be ignored in silence. This code is met with `--set`, not in a spec.',
      wrong: example({ more: 'param horizon: duration = 30d' }),
      right: example({ more: 'param horizon: duration = 30d' }),
    },
  }),
  unknownEnvironment: defineMessage<{
    name: string;
    known: readonly string[];
    suggestion?: string | undefined;
  }>({
    code: 'MLP6004',
    severity: 'error',
    title: 'an unknown environment',
    message: ({ name }) => `there is no environment \`${name}\``,
    hint: ({ suggestion, known }) =>
      meant(suggestion) ??
      (known.length ? `environments are ${known.join(', ')}` : 'the project declares none'),
    explanation: {
      text: 'An environment named on the command line, or one that another extends, is declared in the project.',
      wrong: example({ more: 'environment production extends stagin {\n  target local\n}' }),
      right: example({ more: 'environment production {\n  target local\n}' }),
    },
  }),
  configSyntax: defineMessage<{ reason: string }>({
    code: 'MLP6005',
    severity: 'error',
    title: 'mlp.json that is no JSON',
    message: ({ reason }) => `mlp.json is not valid JSON: ${reason}`,
    explanation: {
      text: 'The project’s settings are one JSON object. This code is met in `mlp.json`, not in a spec.',
      wrong: '{ "suppress": [ }',
      right: '{ "suppress": [] }',
    },
  }),
  configKey: defineMessage<{ key: string; known: readonly string[]; suggestion?: string | undefined }>({
    code: 'MLP6006',
    severity: 'error',
    title: 'an unknown setting in mlp.json',
    message: ({ key }) => `mlp.json has no setting "${key}"`,
    hint: ({ suggestion, known }) =>
      suggestion === undefined ? `settings are ${known.join(', ')}` : `did you mean "${suggestion}"?`,
    explanation: {
      text: 'A setting that nothing reads would be ignored in silence. This code is met in `mlp.json`, not in a spec.',
      wrong: '{ "supress": [] }',
      right: '{ "suppress": [] }',
    },
  }),
  configValue: defineMessage<{ key: string; expected: string }>({
    code: 'MLP6007',
    severity: 'error',
    title: 'a setting of mlp.json with a wrong value',
    message: ({ key, expected }) => `"${key}" in mlp.json must be ${expected}`,
    explanation: {
      text: 'Each setting has one type. This code is met in `mlp.json`, not in a spec.',
      wrong: '{ "suppress": "MLP3023" }',
      right: '{ "suppress": [{ "code": "MLP3023", "reason": "bounds that may come back" }] }',
    },
  }),
  missingFile: defineMessage<{
    path: string;
    reason?: string | undefined;
    suggestion?: string | undefined;
  }>({
    code: 'MLP6008',
    severity: 'error',
    title: 'a spec file that cannot be read',
    message: ({ path, reason }) =>
      reason === undefined
        ? `there is no file ${path}`
        : `${path === '.' ? 'the project folder' : path} cannot be read: ${reason}`,
    hint: ({ suggestion, reason }) =>
      reason === undefined ? meant(suggestion) : 'make it readable, or take it out of the project',
    explanation: {
      text: 'A file named on the command line does not exist, or a file or folder of the project cannot be read: a link that leads nowhere or round in a circle, or a permission that is missing. This code is met on the command line, not in a spec.',
      wrong: example(),
      right: example(),
    },
  }),
  uselessSuppression: defineMessage<{ code: string; form: 'line' | 'file' | 'annotation' | 'project' }>({
    code: 'MLP6009',
    severity: 'warning',
    title: 'a suppression that suppresses nothing',
    message: ({ code, form }) =>
      form === 'project'
        ? `nothing in the project gives ${code}, so this is not needed`
        : `nothing ${form === 'file' ? 'in this file' : form === 'line' ? 'on this line' : 'here'} gives ${code}, so ${form === 'annotation' ? '@suppress' : 'the comment'} is not needed`,
    hint: () => 'remove it',
    explanation: {
      text: 'A suppression that outlives its cause would hide the next mistake of the same kind. Only warnings can be suppressed.',
      wrong: example({
        more: '@suppress("MLP3023", "the bound may come back")\nfunction twice(x: int) -> int = 2 * x',
      }),
      right: example({ more: 'function twice(x: int) -> int = 2 * x' }),
    },
  }),
} as const;
