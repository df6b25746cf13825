// An esbuild plugin: puts the validator that ajv writes ahead of time in the place of `compiler/plan/validator.ts`, so
// that no program that ships loads ajv or compiles a schema.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The text of a module with the same exports as `compiler/plan/validator.ts`. */
export function planValidatorSource() {
  const schema = JSON.parse(readFileSync(path.join(root, 'compiler/plan/plan.schema.json'), 'utf8'));
  const ajv = new Ajv({
    discriminator: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    code: { esm: true, source: true, lines: false },
    inlineRefs: false,
  });
  const code = standalone.default(ajv, ajv.compile(schema));
  return `${code}
export const schemaFaults = value => (validate(value) ? [] : (validate.errors ?? []));
`;
}

/** The same for `compiler/lint/validator.ts`. */
export function settingsValidatorSource() {
  const schema = JSON.parse(readFileSync(path.join(root, 'compiler/lint/config.schema.json'), 'utf8'));
  const options = { allErrors: true, strict: true, strictTuples: false };
  const ajv = new Ajv({ ...options, code: { esm: true, source: true, lines: false } });
  return `${standalone.default(ajv, ajv.compile(schema))}
export const settingsFaults = value => (validate(value) ? [] : (validate.errors ?? []));
`;
}

export const validatorsPlugin = {
  name: 'validators-ahead-of-time',
  setup(build) {
    build.onLoad({ filter: /compiler[/\\]lint[/\\]validator\.ts$/ }, () => ({
      contents: settingsValidatorSource(),
      loader: 'js',
    }));
    build.onLoad({ filter: /compiler[/\\]plan[/\\]validator\.ts$/ }, () => ({
      contents: planValidatorSource(),
      loader: 'js',
    }));
  },
};
