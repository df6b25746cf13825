import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plan } from '../../../../compiler/plan/plan.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}
export const planSchema = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../../../compiler/plan/plan.schema.json'), 'utf8'),
) as Schema & { readonly definitions: Readonly<Record<string, Schema>> };

/** One change of one place of a plan, and which property of which definition of the plan's schema it is. */
export interface Mutation {
  readonly path: readonly string[];
  /** `Source.lag`; of nested objects `Source.violations.upTo`. */
  readonly property: string;
  readonly value: unknown;
  /** The value is taken away. */
  readonly remove: boolean;
}

const resolve = (schema: Schema): { schema: Schema; name: string | undefined } => {
  const name = schema.$ref?.split('/').pop();
  return name === undefined ? { schema, name } : { schema: planSchema.definitions[name]!, name };
};

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** Can this branch of a union be the one that the value has? */
function fits(branch: Schema, value: unknown): boolean {
  const { schema } = resolve(branch);
  if ('const' in schema) return schema.const === value;
  if (schema.enum) return schema.enum.includes(value);
  if (schema.anyOf ?? schema.oneOf) return (schema.anyOf ?? schema.oneOf)!.some(inner => fits(inner, value));
  const kinds = [schema.type ?? []].flat().map(kind => (kind === 'integer' ? 'number' : kind));
  if (!kinds.includes(kindOf(value))) return false;
  if (kindOf(value) !== 'object') return true;
  const tags = Object.entries(schema.properties ?? {}).filter(([, p]) => 'const' in p || p.enum);
  const record = value as Readonly<Record<string, unknown>>;
  return (
    tags.every(([key, p]) => !(key in record) || fits(p, record[key])) &&
    (schema.required ?? []).every(key => key in record)
  );
}

/** Every single change of a value that leaves the plan of its schema's form; properties that the plan has go to `reached`. */
export function mutationsOf(plan: Plan, reached: Set<string> = new Set()): Mutation[] {
  const found: Mutation[] = [];
  const add = (at: readonly string[], property: string, value: unknown, remove = false): void =>
    void found.push({ path: at, property, value, remove });

  const scalars = (schema: Schema, value: unknown, at: readonly string[], property: string): void => {
    if ('const' in schema) return;
    for (const other of schema.enum ?? []) if (other !== value) add(at, property, other);
    if (schema.enum) return;
    if (typeof value === 'string') add(at, property, `${value}x`);
    if (typeof value === 'number') {
      // Beyond 2^53 the next number is the same one.
      if (value + 1 !== value) add(at, property, value + 1);
      if (value >= 1 && value - 1 !== value) add(at, property, value - 1);
    }
    if (typeof value === 'boolean') add(at, property, !value);
    const kinds = [schema.type ?? []].flat();
    if (kinds.includes('null') && value !== null) add(at, property, null);
    if (value === null && kinds.includes('number')) add(at, property, 3);
    if (value === null && kinds.includes('string')) add(at, property, 'other');
  };

  const walk = (given: Schema, value: unknown, at: readonly string[], property: string): void => {
    const { schema, name } = resolve(given);
    const union = schema.anyOf ?? schema.oneOf;
    if (union) {
      const branches = union.filter(branch => fits(branch, value));
      for (const branch of union)
        if ([resolve(branch).schema.type].flat().includes('null') && value !== null) add(at, property, null);
      for (const branch of branches.slice(0, 1)) walk(branch, value, at, name ?? property);
      return;
    }
    const own = name ?? property;
    if (Array.isArray(value) && schema.items) {
      value.forEach((item, i) => {
        walk(schema.items!, item, [...at, String(i)], property);
      });
      if (value.length > 0) add(at, property, value.slice(1));
      if (value.length > 1) add(at, property, [...value].reverse());
      if (value.length > 0 && typeof value[0] === 'string') add(at, property, [...value, 'more']);
    } else if (value !== null && typeof value === 'object') {
      const record = value as Readonly<Record<string, unknown>>;
      for (const [key, inner] of Object.entries(schema.properties ?? {})) {
        const place = `${own}.${key}`;
        if (key in record) reached.add(place);
        if (place === 'Plan.positions') continue;
        if (key in record) walk(inner, record[key], [...at, key], place);
        if (key in record && !schema.required?.includes(key)) add([...at, key], place, undefined, true);
        const target = resolve(inner).schema;
        if (!(key in record) && target.type === 'string') add([...at, key], place, 'added');
        if (!(key in record) && target.const === true) add([...at, key], place, true);
      }
      if (schema.additionalProperties)
        for (const key of Object.keys(record)) {
          walk(schema.additionalProperties, record[key], [...at, key], property);
          add([...at, key], property, undefined, true);
        }
    } else scalars(schema, value, at, name !== undefined && !name.includes('.') ? property : own);
  };
  walk(planSchema, plan, [], 'Plan');
  return found;
}

export function mutated(plan: Plan, { path: at, value, remove }: Mutation): Plan {
  const apply = (node: unknown, depth: number): unknown => {
    if (depth === at.length) return value;
    const key = at[depth]!;
    if (Array.isArray(node))
      return node.map((item, i) => (String(i) === key ? apply(item, depth + 1) : item));
    const record = { ...(node as Record<string, unknown>) };
    if (remove && depth === at.length - 1) delete record[key];
    else record[key] = apply(record[key], depth + 1);
    return record;
  };
  return apply(plan, 0) as Plan;
}

/** All properties of the schema by `Definition.property`, nested objects included. */
export function allProperties(): Set<string> {
  const found = new Set<string>();
  const walk = (given: Schema, property: string): void => {
    if (given.$ref) return;
    for (const inner of given.anyOf ?? given.oneOf ?? []) walk(inner, property);
    if (given.items) walk(given.items, property);
    if (given.additionalProperties) walk(given.additionalProperties, property);
    for (const [key, inner] of Object.entries(given.properties ?? {})) {
      found.add(`${property}.${key}`);
      walk(inner, `${property}.${key}`);
    }
  };
  walk({ ...planSchema, properties: planSchema.properties ?? {} }, 'Plan');
  for (const [name, schema] of Object.entries(planSchema.definitions)) walk(schema, name);
  return found;
}
