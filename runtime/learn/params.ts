/** Parameters of trainers: declared with range and default, checked before any work is done. */

import { LearnError } from './errors.ts';
import type { Params } from './types.ts';

export interface ParamSpec {
  readonly name: string;
  readonly kind: 'int' | 'float';
  readonly default: number | null;
  readonly low: number;
  readonly high: number;
  /** The lower bound itself is refused. */
  readonly exclusiveLow?: boolean;
  /** `null` is a value (it turns the thing off). */
  readonly nullable?: boolean;
  readonly doc: string;
}

/** Every parameter of the specs with its value; throws `unknown-parameter` or `bad-parameter`. */
export function resolveParams(
  trainer: string,
  specs: readonly ParamSpec[],
  given: Params,
): Readonly<Record<string, number | null>> {
  for (const name of Object.keys(given)) {
    if (specs.some(spec => spec.name === name)) continue;
    const known = specs.map(spec => spec.name).join(', ');
    throw new LearnError('unknown-parameter', `'${trainer}' has no parameter '${name}'`, {
      name,
      trainer,
      expected: known,
      advice: specs.length === 0 ? 'It takes none' : `It takes ${known}`,
    });
  }
  const resolved: Record<string, number | null> = {};
  for (const spec of specs) resolved[spec.name] = checked(trainer, spec, given[spec.name]);
  return resolved;
}

function checked(trainer: string, spec: ParamSpec, value: Params[string] | undefined): number | null {
  if (value === undefined) return spec.default;
  if (value === null && spec.nullable) return null;
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (spec.kind === 'float' || Number.isInteger(value)) &&
    (spec.exclusiveLow ? value > spec.low : value >= spec.low) &&
    value <= spec.high;
  if (fits) return value;
  const kind = spec.kind === 'int' ? 'a whole number' : 'a number';
  const expected = `${kind} ${spec.exclusiveLow ? 'above' : 'from'} ${spec.low} to ${spec.high}${spec.nullable ? ', or null' : ''}`;
  throw new LearnError(
    'bad-parameter',
    `'${spec.name}' of '${trainer}' is ${JSON.stringify(value)}, not ${expected}`,
    {
      name: spec.name,
      trainer,
      expected,
      found: JSON.stringify(value),
    },
  );
}
