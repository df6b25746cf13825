/** OpenAPI 3.1 of a service, out of the plan: what `reader` takes and `answer.ts` gives. */
import type { Type } from '../../compiler/plan/plan.ts';
import { momentField, mustBeSaid, tableColumns } from '../../compiler/plan/serving.ts';
import { javaScriptPattern } from '../../compiler/sql/pattern.ts';
import type { Route } from './http/router.ts';
import type { Service } from './service.ts';
import { problemCodes } from './values/problem.ts';

type Json = Record<string, unknown>;

const clock = 'T(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,6})?)?';
const day = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
const decimal = '^-?(?:0|[1-9]\\d{0,18})$';

/** The JSON Schema of a value of a type, whether it is optional left aside. */
export function schemaOfType(type: Type): Json {
  const numbers = {
    ...(typeof type.min === 'number' ? { minimum: type.min } : {}),
    ...(typeof type.max === 'number' ? { maximum: type.max } : {}),
  };
  const among = type.values === undefined ? {} : { enum: type.values };
  switch (type.kind) {
    case 'bool':
      return { type: 'boolean' };
    case 'int':
      return intSchema({ ...numbers, ...among });
    case 'float':
    case 'rate':
      return { type: 'number', ...numbers, ...among };
    case 'duration':
    case 'size':
      return { type: 'integer', ...numbers };
    case 'enum':
      return { type: 'string', enum: type.members ?? [] };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'datetime':
      return { type: 'string', pattern: `^${day}${clock}$` };
    case 'timestamp':
      return { type: 'string', pattern: `^${day}${clock}(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)$` };
    case 'list': {
      const element = type.element ?? { kind: 'string', optional: false };
      const items = schemaOfType(element);
      return { type: 'array', items: element.optional ? optional(items) : items };
    }
    case 'vector':
      return {
        type: 'array',
        items: { type: 'number' },
        ...(type.length === undefined ? {} : { minItems: type.length, maxItems: type.length }),
      };
    case 'blob':
      return { type: 'string', contentEncoding: 'base64' };
    default:
      return { type: 'string', ...textPattern(type), ...among };
  }
}

const textPattern = ({ pattern }: Type): Json =>
  pattern === undefined ? {} : { pattern: `^(?:${javaScriptPattern(pattern)})$` };

/** Within 2^53 a number; beyond, text. Where the range keeps it within, there is no text. */
function intSchema(facets: Json): Json {
  const { minimum, maximum } = facets as { minimum?: number; maximum?: number };
  const most = Number.MAX_SAFE_INTEGER;
  const number = { type: 'integer', ...facets, minimum: minimum ?? -most, maximum: maximum ?? most };
  if ((minimum !== undefined && maximum !== undefined) || 'enum' in facets)
    return { type: 'integer', ...facets };
  return { anyOf: [number, { type: 'string', pattern: decimal, description: 'A whole number of 64 bits.' }] };
}

const optional = (schema: Json): Json => ({ anyOf: [schema, { type: 'null' }] });

function requestSchema({ served, reader }: Service): Json {
  const columns = new Map([...served.read, ...served.beside].map(column => [column.name, column]));
  const properties: Json = {};
  for (const [name, { optional: may, type, spec }] of reader.columns) {
    const column = columns.get(name);
    const valueType: Type = column?.type ?? momentType(served.moment);
    const schema = schemaOfType(valueType);
    const description = [column?.doc, `\`${type}\`${spec ? `, ${spec}` : ''}`].filter(Boolean).join('\n\n');
    define(properties, name, { ...(may ? optional(schema) : schema), description });
  }
  const required = [...reader.columns].flatMap(([name, column]) => (column.optional ? [] : [name]));
  const { moment } = served;
  // A wall-clock moment has to be said, by its column or by `at`.
  const said = mustBeSaid(moment)
    ? [...(moment.kind === 'column' ? [moment.column] : []), ...(reader.asksMoment ? [momentField] : [])]
    : [];
  return {
    type: 'object',
    properties,
    required,
    additionalProperties: false,
    ...(said.length > 0 ? { anyOf: said.map(name => ({ required: [name] })) } : {}),
  };
}

const momentType = (moment: Service['served']['moment']): Type => ({
  kind: moment.kind === 'none' ? 'timestamp' : moment.type.kind,
  optional: false,
});

/** A name such as `__proto__` is a property like any other. */
function define(object: Json, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function predictionSchema({ served, champion }: Service): Json {
  const { task, classes } = champion.model;
  const share = { type: 'number', minimum: 0, maximum: 1 };
  const decided = {
    binary: { type: 'boolean' },
    multiclass: { type: 'string', enum: classes },
    regression: { type: 'number' },
  }[task];
  const label: Json = {};
  define(label, served.answer.name, decided);
  const byClass: Json = {};
  for (const name of classes) define(byClass, name, share);
  const scores =
    task === 'binary'
      ? { probability: { ...share, description: `The probability that \`${served.answer.name}\` is true.` } }
      : task === 'multiclass'
        ? { probabilities: closed(byClass, classes) }
        : {};
  const properties = {
    id: { type: 'string', format: 'uuid', description: 'Of this prediction; ordered by time.' },
    model: { type: 'string', const: served.modelName },
    version: { type: 'integer', minimum: 1, description: 'Of the model: the champion when it was asked.' },
    at: { type: 'string', description: 'The moment of the prediction, ISO.' },
    prediction: closed(label, [served.answer.name]),
    ...scores,
  };
  return closed(properties, Object.keys(properties));
}

const closed = (properties: Json, required: readonly string[]): Json => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const text = { type: 'string' };
const faultSchema = closed(
  {
    code: { enum: Object.values(problemCodes), description: '`mlp explain CODE` tells more.' },
    row: { type: 'integer', minimum: 0 },
    field: text,
    message: text,
    given: text,
    expected: text,
    hint: text,
    spec: { ...text, description: 'Where the spec says so.' },
  },
  ['code', 'row', 'field', 'message', 'given', 'expected'],
);
const errorSchema = closed(
  {
    error: text,
    code: { ...text, pattern: '^MLP\\d{4}$' },
    hint: text,
    faults: { type: 'array', items: { $ref: '#/components/schemas/Fault' } },
    omitted: { type: 'integer', minimum: 1, description: 'Faults beyond those that are listed.' },
  },
  ['error', 'code'],
);

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const jsonContent = (schema: Json): Json => ({ 'application/json': { schema } });
const answer = (description: string, schema: Json): Json => ({ description, content: jsonContent(schema) });
const failure = (description: string): Json => answer(description, ref('Error'));

function predictPath(service: Service): Json {
  return {
    post: {
      operationId: 'predict',
      summary: `Predict \`${service.served.answer.name}\` for one row, or for several`,
      requestBody: {
        required: true,
        content: jsonContent({ oneOf: [ref('Row'), ref('Rows')] }),
      },
      responses: {
        200: answer('One prediction for a row, or the predictions for rows, in their order.', {
          oneOf: [ref('Prediction'), ref('Predictions')],
        }),
        400: failure('The body is no JSON, or no row.'),
        413: failure('The body is too large.'),
        415: failure('The body is not said to be JSON.'),
        422: failure('Rows do not fit: every fault of every row is listed. Or they are too many.'),
        503: failure('The service cannot predict now; `retry-after` says when to try again.'),
      },
    },
  };
}

/** Paths that are described by what they are for alone. */
function otherPath(route: Route): Json {
  const parameters = [...route.pattern.matchAll(/\{(\w+)\}/g)].map(match => ({
    name: match[1]!,
    in: 'path',
    required: true,
    schema: text,
  }));
  const anything = { type: 'object' };
  const type = route.pattern === '/metrics' ? { 'text/plain': { schema: text } } : jsonContent(anything);
  const error = closed({ error: text }, ['error']);
  const refusals = route.protocol === 'inference' ? answer('Why not.', error) : failure('Why not.');
  const notReady = answer('It cannot predict now.', anything);
  return {
    [route.method.toLowerCase()]: {
      operationId: `${route.method.toLowerCase()}${route.pattern.replace(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
      summary: route.summary,
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(route.method === 'POST'
        ? {
            requestBody: { required: true, content: jsonContent(ref('InferenceRequest')) },
          }
        : {}),
      responses: {
        200: { description: 'So it is.', content: type },
        ...(parameters.length > 0 ? { 404: refusals } : {}),
        ...(route.method === 'POST'
          ? { 400: refusals, 413: refusals, 415: refusals, 503: refusals }
          : /ready$|^\/health$/.test(route.pattern)
            ? { 503: notReady }
            : {}),
      },
    },
  };
}

const tensorSchema = {
  type: 'object',
  required: ['name', 'shape', 'datatype', 'data'],
  properties: {
    name: text,
    shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
    datatype: text,
    data: { type: 'array' },
  },
};

/** The whole document; the paths are those of the routes. */
export function openApi(service: Service, routes: readonly Route[]): Json {
  const { served } = service;
  const { deployment, name, plan } = served;
  const paths: Json = {};
  for (const route of routes) {
    const described = route.pattern === '/predict' ? predictPath(service) : otherPath(route);
    paths[route.pattern] = { ...(paths[route.pattern] as Json | undefined), ...described };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: name,
      version: plan.hash.slice(0, 16),
      summary: `Predictions of \`${served.answer.name}\` by the model \`${served.modelName}\``,
      ...(deployment.doc === undefined ? {} : { description: deployment.doc }),
    },
    paths,
    components: {
      schemas: {
        Row: { ...requestSchema(service), description: rowDoc(service) },
        Rows: closed(
          { rows: { type: 'array', items: ref('Row'), minItems: 1, maxItems: service.limits.rows } },
          ['rows'],
        ),
        Prediction: predictionSchema(service),
        Predictions: closed({ predictions: { type: 'array', items: ref('Prediction') } }, ['predictions']),
        Fault: faultSchema,
        Error: errorSchema,
        InferenceRequest: {
          type: 'object',
          required: ['inputs'],
          properties: {
            id: text,
            inputs: { type: 'array', items: tensorSchema },
            outputs: { type: 'array' },
          },
        },
      },
    },
  };
}

function rowDoc({ served }: Service): string {
  const schema = served.plan.sources[served.view.source]?.schema;
  const doc = schema === undefined ? undefined : served.plan.schemas[schema]?.doc;
  const count = tableColumns(served.plan, served.view.source).length;
  return `${doc ? `${doc}\n\n` : ''}What the features read of \`${served.view.source}\`: ${served.read.length} of its ${count} columns.`;
}
