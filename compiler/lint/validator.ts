import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { settingsSchema } from './schema.ts';

/**
 * The validator of the linter's settings, made by ajv when first asked for. A build puts code that ajv wrote beforehand in the
 * place of this module (`scripts/build-validators.mjs`), so that no program that ships compiles a schema.
 */
let validate: ValidateFunction | undefined;

export interface SettingsFault {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** What is wrong with settings by their schema; nothing if they are right. */
export function settingsFaults(value: unknown): readonly SettingsFault[] {
  validate ??= new Ajv({ allErrors: true, strict: true, strictTuples: false }).compile(settingsSchema());
  return validate(value) ? [] : ((validate.errors ?? []) as ErrorObject[]);
}
