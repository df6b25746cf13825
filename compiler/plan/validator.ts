import { Ajv, type ErrorObject } from 'ajv';
import schema from './plan.schema.json' with { type: 'json' };

/**
 * The schema's validator, made by ajv when first asked for. A build puts code that ajv wrote beforehand in the place
 * of this module (`scripts/build-validators.mjs`), so that no program that ships compiles a schema.
 */
const ajv = new Ajv({ discriminator: true, strict: true, strictRequired: false, allowUnionTypes: true });
const compiled = ajv.compile(schema);

export interface SchemaFault {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What is wrong with a value by the schema; nothing if it is right. */
export function schemaFaults(value: unknown): readonly SchemaFault[] {
  return compiled(value) ? [] : ((compiled.errors ?? []) as ErrorObject[]);
}
