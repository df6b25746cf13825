/** Model files are checked against their schema before anything is made of them. */

import { Ajv, type ValidateFunction } from 'ajv';
import { LearnError } from './errors.ts';
import schema from './model-file.schema.json' with { type: 'json' };
import type { ModelFile } from './types.ts';

/** Compiled at the first use: it takes some 20 ms. */
let validate: ValidateFunction | undefined;

/** @throws LearnError `bad-model-file`, which says where the file differs from the schema */
export function checkModelFile(json: unknown): asserts json is ModelFile {
  validate ??= new Ajv({ allowUnionTypes: true }).compile(schema);
  if (validate(json)) return;
  const error = validate.errors?.find(e => e.keyword !== 'if') ?? validate.errors?.[0];
  const where = error?.instancePath === '' ? 'the file itself' : (error?.instancePath ?? '');
  throw new LearnError(
    'bad-model-file',
    `This is no model file of format mlp-model/1: ${where} ${error?.message ?? ''}`,
    {
      name: where,
      advice: 'Train the model again, or restore the file from the store',
    },
  );
}
