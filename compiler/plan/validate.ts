import { linkFaults } from './links.ts';
import type { Plan } from './plan.ts';
import type { SchemaFault } from './validator.ts';

export type PlanCheck =
  | { readonly ok: true; readonly plan: Plan }
  /** Each one sentence with the place in words; the most telling first. */
  | { readonly ok: false; readonly errors: readonly string[] };

const failed = (...errors: string[]): PlanCheck => ({ ok: false, errors });

/** `/views/Departure/features/3/expr` as `views.Departure.features[3].expr`. */
function place(pointer: string): string {
  const parts = pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return parts
    .map((part, i) =>
      /^\d+$/.test(part) ? `[${part}]` : /^\w+$/.test(part) ? `${i > 0 ? '.' : ''}${part}` : `["${part}"]`,
    )
    .join('');
}

function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split('/').slice(1))
    value = (value as Record<string, unknown> | undefined)?.[
      part.replaceAll('~1', '/').replaceAll('~0', '~')
    ];
  return value;
}

/** A value as an error shows it: short. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}

function words(fault: SchemaFault, root: unknown): string {
  const where = place(fault.instancePath) || 'the plan';
  const { params } = fault;
  const found = shown(valueAt(root, fault.instancePath));
  switch (fault.keyword) {
    case 'required':
      return `${where} lacks the field "${params['missingProperty']}"`;
    case 'additionalProperties':
      return `${where} has the field "${params['additionalProperty']}", which plan/1 does not know`;
    case 'type':
      return `${where} must be ${[params['type']].flat().join(' or ')}, not ${found}`;
    case 'enum':
      return `${where} must be one of ${(params['allowedValues'] as unknown[]).map(shown).join(', ')}, not ${found}`;
    case 'const':
      return `${where} must be ${shown(params['allowedValue'])}, not ${found}`;
    case 'discriminator':
      return `${where}.${params['tag']} is ${shown(params['tagValue'])}, which plan/1 does not know`;
    case 'minimum':
      return `${where} must be at least ${params['limit']}, not ${found}`;
    default:
      return `${where} does not fit plan/1: ${found}`;
  }
}

/** Of the branches of a union the one that went deepest is the one that was meant. */
function mostTelling(faults: readonly SchemaFault[]): SchemaFault {
  const depth = (fault: SchemaFault): number => fault.instancePath.split('/').length;
  const real = faults.filter(fault => fault.keyword !== 'anyOf' && fault.keyword !== 'oneOf');
  const sorted = [...(real.length > 0 ? real : faults)].sort((a, b) => depth(b) - depth(a));
  return sorted.find(fault => depth(fault) === depth(sorted[0]!) && fault.keyword !== 'type') ?? sorted[0]!;
}

/** Checks a parsed plan: its version, then every field, then that its parts refer to each other rightly. */
export async function validatePlan(json: unknown): Promise<PlanCheck> {
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    return failed(`a plan is a JSON object, not ${shown(json)}`);
  const version = (json as { version?: unknown }).version;
  if (version === undefined) return failed('this is not a plan: it has no field "version"');
  if (version !== 'plan/1')
    return failed(
      `the plan has version ${shown(version)}; this program reads plan/1: compile the spec again`,
    );
  const { schemaFaults } = await import('./validator.ts');
  try {
    const faults = schemaFaults(json);
    if (faults.length > 0) return failed(words(mostTelling(faults), json));
    const links = linkFaults(json as Plan);
    return links.length > 0 ? failed(...links) : { ok: true, plan: json as Plan };
  } catch (error) {
    if (error instanceof RangeError) return failed('the plan is nested too deeply to be read');
    throw error;
  }
}

/** Reads a plan from its text. */
export async function loadPlan(text: string): Promise<PlanCheck> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    if (text.trim() === '') return failed('the plan is empty');
    return failed(`the plan is not whole JSON, perhaps cut off: ${why}`);
  }
  return validatePlan(json);
}
