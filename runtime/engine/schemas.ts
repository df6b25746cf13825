/** JSON Schemas of the documents at the engine's boundaries; checked with ajv, which is loaded when first needed. */
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { fault } from '../data/faults.ts';
import type { Validator } from './validator.ts';

const text = { type: 'string' } as const;
const nullableText = { type: ['string', 'null'] } as const;
const count = { type: 'integer', minimum: 0 } as const;
const number = { type: 'number' } as const;
const texts = { type: 'array', items: text } as const;
const value = { type: ['string', 'number', 'boolean', 'null'] } as const;
const mapOf = (of: object) => ({ type: 'object', additionalProperties: of }) as const;
const listOf = (of: object) => ({ type: 'array', items: of }) as const;
const nullable = (of: object) => ({ anyOf: [of, { type: 'null' }] }) as const;
/** All properties required, none besides, but for those in `optional`. */
const record = (properties: Record<string, object>, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter(name => !optional.includes(name)),
  additionalProperties: false,
});

const scores = mapOf({ type: ['number', 'null'] });
const evaluation = record({
  rows: count,
  model: scores,
  baseline: nullable(scores),
  champion: nullable(record({ rows: count, model: scores, baseline: nullable(scores), champion: scores })),
});
const sliceValues = listOf(nullableText);
const actual = listOf(record({ name: text, value: { type: ['number', 'null'] } }));
const instant = {
  type: ['string', 'null'],
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$',
};

export const schemas = {
  'params/1': record(
    {
      version: { const: 'params/1' },
      from: instant,
      to: instant,
      overrides: mapOf(mapOf({ type: ['number', 'string', 'boolean'] })),
      sample: { type: 'integer', minimum: 1 },
      versions: mapOf({ type: 'integer', minimum: 1 }),
      threads: { type: 'integer', minimum: 1 },
      memory: { type: 'string', pattern: '^\\d+(\\.\\d+)?([KMGT]i?)?B$' },
    },
    ['sample', 'versions'],
  ),
  'result/1': record(
    {
      version: { const: 'result/1' },
      step: text,
      status: { enum: ['succeeded', 'refused', 'failed'] },
      metrics: mapOf(number),
      notes: texts,
      snapshots: mapOf(
        record({ uri: text, bytes: count, hash: text, mark: text, rows: count, taken: text }, [
          'mark',
          'rows',
          'taken',
        ]),
      ),
      error: record({ code: text, message: text, hint: text, at: count }, ['hint', 'at']),
    },
    ['error'],
  ),
  'metrics/1': record({
    version: { const: 'metrics/1' },
    model: text,
    task: text,
    label: text,
    classes: texts,
    trainer: text,
    baseline: nullableText,
    threshold: number,
    parts: mapOf(count),
    metrics: listOf(
      record({
        key: text,
        metric: text,
        args: mapOf(value),
        direction: { enum: ['higher', 'lower', null] },
        listed: { type: 'boolean' },
      }),
    ),
    champion: {
      oneOf: [
        record({ state: { const: 'none' } }),
        record({ state: { const: 'scored' }, rows: count, excluded: count }),
        record({ state: { const: 'unscorable' }, reason: text }),
      ],
    },
    overall: evaluation,
    slices: listOf(
      record({
        by: texts,
        minimum: count,
        groups: listOf(record({ values: sliceValues, evaluation })),
        omitted: record({ groups: count, rows: count }),
      }),
    ),
    importance: listOf(record({ name: text, share: number })),
  }),
  'verdict/1': record({
    version: { const: 'verdict/1' },
    model: text,
    passed: { type: 'boolean' },
    rules: listOf(
      record({
        text,
        severity: { enum: ['require', 'warn'] },
        policy: nullableText,
        state: { enum: ['passed', 'failed', 'warned'] },
        actual,
        required: nullableText,
        reason: nullableText,
        slices: nullable(
          record({
            by: texts,
            minimum: count,
            groups: listOf(
              record({
                values: sliceValues,
                rows: count,
                state: { enum: ['passed', 'failed', 'warned', 'skipped'] },
                actual,
                reason: nullableText,
              }),
            ),
          }),
        ),
        at: count,
      }),
    ),
    approvals: texts,
  }),
  'fitted/1': record({
    version: { const: 'fitted/1' },
    rows: count,
    values: listOf(record({ view: text, name: text, key: text, value })),
  }),
  'registration/1': record({
    version: { const: 'registration/1' },
    model: text,
    task: text,
    label: text,
    classes: texts,
    features: listOf(record({ view: text, name: text })),
    trainer: text,
    plan: text,
    files: texts,
    parts: mapOf(count),
    metrics: mapOf(number),
    passed: { type: 'boolean' },
    approvals: texts,
  }),
  'parameters/1': record({
    version: { const: 'parameters/1' },
    model: text,
    metric: text,
    direction: { enum: ['maximize', 'minimize'] },
    best: mapOf(value),
    score: number,
    trials: listOf(
      record({ params: mapOf(value), score: { type: ['number', 'null'] }, undefined: nullableText }),
    ),
  }),
} as const;

export type DocumentKind = keyof typeof schemas;

const validators = new Map<DocumentKind, Validator>();

/** The parsed document if it keeps its schema; throws `MlpError` that names the place if not. */
export async function checkDocument<T>(kind: DocumentKind, document: unknown, where: string): Promise<T> {
  let validate = validators.get(kind);
  if (!validate) {
    const { compileSchema } = await import('./validator.ts');
    validate = compileSchema(schemas[kind]);
    validators.set(kind, validate);
  }
  const wrong = validate(document);
  if (wrong === undefined) return document as T;
  const place = wrong.instancePath ? ` at ${wrong.instancePath}` : '';
  const extra = wrong.params['additionalProperty'] ? ` (${String(wrong.params['additionalProperty'])})` : '';
  throw fault(runMessages.badDocument, {
    where,
    what: `is not a ${kind} document: ${wrong.message ?? 'it differs'}${extra}${place}`,
  });
}

/** Parses and checks a document's text. */
export async function parseDocument<T>(kind: DocumentKind, json: string, where: string): Promise<T> {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (cause) {
    throw fault(
      runMessages.badDocument,
      { where, what: `is not JSON: ${(cause as Error).message}` },
      { cause },
    );
  }
  return checkDocument<T>(kind, document, where);
}
