import {
  type ClassDeclarationStructure,
  type InterfaceDeclarationStructure,
  type MethodDeclarationStructure,
  type OptionalKind,
  type PropertySignatureStructure,
  StructureKind,
} from 'ts-morph';
import { showExpected } from '../../plan/diff/show.ts';
import type { Plan, Type } from '../../plan/plan.ts';
import { momentField, mustBeSaid, type ServedColumn, type Serving, servingOf } from '../../plan/serving.ts';
import { Names, pascalCase } from './identifiers.ts';
import { propertyName, stringLiteral } from './literal.ts';
import { docText, type FileStructure, from, Imports, type ProgramNames } from './project.ts';
import { union } from './types.ts';

/** Names that a client imports. */
const imported = ['CallOptions', 'ServiceClient'];

/** `clients/<deployment>.ts`: what a deployment is asked and answers, as types, and a client that asks it by `fetch`. */
export function clientFile(program: ProgramNames, name: string): FileStructure {
  const { plan } = program;
  const serving = servingOf(plan, name);
  const imports = new Imports(program, '../schemas.js');
  imports.add('CallOptions', './http.js');
  imports.add('ServiceClient', './http.js', { type: false });
  const names = new Names(imported);
  const own = pascalCase(name);
  const types: ClientTypes = {
    client: names.of('client', own),
    row: names.of('row', `${own}Row`),
    prediction: names.of('prediction', `${own}Prediction`),
  };
  return {
    path: `clients/${program.clientFiles.get(name)!}.ts`,
    imports: imports.structures(),
    statements: [
      rowInterface(plan, serving, types),
      predictionInterface(serving, types),
      clientClass(plan, name, serving, types),
    ],
  };
}

interface ClientTypes {
  readonly client: string;
  readonly row: string;
  readonly prediction: string;
}

function rowInterface(plan: Plan, serving: Serving, types: ClientTypes): InterfaceDeclarationStructure {
  const { moment, read, beside } = serving;
  const isMoment = (name: string): boolean => moment.kind === 'column' && moment.column === name;
  const required = ({ name, type }: ServedColumn): boolean =>
    isMoment(name) ? mustBeSaid(moment) : !type.optional;
  const momentDoc = mustBeSaid(moment)
    ? 'The moment of the prediction.'
    : 'The moment of the prediction: now, unless given.';
  const at = (type: Type): OptionalKind<PropertySignatureStructure> => ({
    name: momentField,
    type: jsonType(type),
    isReadonly: true,
    hasQuestionToken: !mustBeSaid(moment),
    docs: [docText(`${momentDoc} ${valueDoc(type)}`)],
  });
  return {
    kind: StructureKind.Interface,
    name: types.row,
    isExported: true,
    leadingTrivia: from(plan, serving.deployment.at),
    docs: [docText(`What the service is asked with: the columns of one row that the features read.`)],
    properties: [
      ...read.map(column =>
        property(column, required(column), isMoment(column.name) ? momentDoc : undefined),
      ),
      ...beside.map(column =>
        property(column, isMoment(column.name) && mustBeSaid(moment), besideDoc(serving, column.name)),
      ),
      ...(serving.asksMoment && moment.kind === 'asked' ? [at(moment.type)] : []),
    ],
  };
}

function besideDoc({ moment, matched, key }: Serving, name: string): string {
  if (moment.kind === 'column' && moment.column === name)
    return mustBeSaid(moment)
      ? 'The moment of the prediction.'
      : 'The moment of the prediction: now, unless given.';
  const uses = [
    ...(key.includes(name) ? ['the key'] : []),
    ...(matched.includes(name) ? ['what labels are matched by'] : []),
  ];
  return `No feature reads it: it is ${uses.join(' and ')}, for the request log.`;
}

function property(
  { name, type, doc }: ServedColumn,
  required: boolean,
  more: string | undefined,
): OptionalKind<PropertySignatureStructure> {
  const text = [doc, more, valueDoc(type)].filter(part => part !== undefined && part !== '').join('\n');
  return {
    name: propertyName(name),
    type: `${jsonType(type)}${type.optional ? ' | null' : ''}`,
    isReadonly: true,
    hasQuestionToken: !required,
    docs: text === '' ? [] : [docText(text)],
  };
}

/** How a value is written in JSON, as TypeScript has it. A bigint is sent as text. */
function jsonType(type: Type): string {
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 'int':
      return isSmall(type) ? 'number' : 'number | bigint';
    case 'float':
    case 'rate':
    case 'duration':
    case 'size':
      return 'number';
    case 'enum':
      return union(type.members ?? []);
    case 'timestamp':
      return 'string | Date';
    case 'string':
      return type.values?.every(value => typeof value === 'string')
        ? union(type.values as readonly string[])
        : 'string';
    case 'list': {
      const element = type.element ?? { kind: 'string', optional: false };
      return `readonly (${jsonType(element)}${element.optional ? ' | null' : ''})[]`;
    }
    case 'vector':
      return 'readonly number[]';
    default:
      return 'string';
  }
}

const isSmall = ({ min, max }: Type): boolean => Number.isSafeInteger(min) && Number.isSafeInteger(max);

const forms: Partial<Record<Type['kind'], string>> = {
  date: "A day: '2001-03-01'.",
  datetime: "A wall-clock time: '2001-03-01T18:15:00'.",
  timestamp: "An instant: '2001-03-01T18:15:00Z'.",
  duration: 'In milliseconds.',
  size: 'In bytes.',
  rate: 'Per second.',
  blob: 'Bytes in base64.',
};

/** What the type says that TypeScript's cannot. */
function valueDoc(type: Type): string {
  const form = forms[type.kind];
  const refined =
    type.min !== undefined ||
    type.max !== undefined ||
    type.pattern !== undefined ||
    type.kind === 'vector' ||
    type.unit !== undefined ||
    (type.values !== undefined && type.kind !== 'string');
  return [
    ...(refined ? [`\`${showExpected({ ...type, optional: false })}\`.`] : []),
    ...(form ? [form] : []),
  ].join(' ');
}

function predictionInterface(serving: Serving, types: ClientTypes): InterfaceDeclarationStructure {
  const { answer, model, modelName } = serving;
  const classes = model.classes;
  const className = classes ? union(classes) : 'string';
  const label = { binary: 'boolean', multiclass: className }[model.task as string] ?? 'number';
  const field = (name: string, type: string, doc: string): OptionalKind<PropertySignatureStructure> => ({
    name,
    type,
    isReadonly: true,
    docs: [docText(doc)],
  });
  const scores =
    model.task === 'binary'
      ? [field('probability', 'number', `The probability that \`${answer.name}\` is true.`)]
      : model.task === 'multiclass'
        ? [field('probabilities', `Readonly<Record<${className}, number>>`, 'By class; they sum to 1.')]
        : [];
  const decided =
    model.task === 'binary'
      ? `Decided by the threshold ${model.threshold} of the model.`
      : model.task === 'multiclass'
        ? 'The most probable class.'
        : 'The predicted value.';
  return {
    kind: StructureKind.Interface,
    name: types.prediction,
    isExported: true,
    docs: [docText(`What the service answers to one row.`)],
    properties: [
      field('id', 'string', 'Of this prediction, for the request log; ids are ordered by time.'),
      field('model', stringLiteral(modelName), 'The model that answered.'),
      field('version', 'number', 'Its version: the champion when it was asked.'),
      field('at', 'string', 'The moment of the prediction, ISO.'),
      field('prediction', `{ readonly ${propertyName(answer.name)}: ${label} }`, decided),
      ...scores,
    ],
  };
}

function clientClass(
  plan: Plan,
  name: string,
  { deployment }: Serving,
  types: ClientTypes,
): ClassDeclarationStructure {
  const options = { name: 'options', type: 'CallOptions', initializer: '{}' };
  const throws = [
    '@throws ServiceError where the service refuses, with every fault',
    '@throws ServiceUnreachable where it does not answer',
  ].join('\n');
  const broken = { leadingTrivia: '\n' };
  const methods: OptionalKind<MethodDeclarationStructure>[] = [
    {
      name: 'predict',
      docs: [docText(`The prediction for one row.\n${throws}`)],
      parameters: [{ name: 'row', type: types.row }, options],
      returnType: `Promise<${types.prediction}>`,
      statements: [`return this.post<${types.prediction}>('/predict', row, options);`],
    },
    {
      name: 'predictAll',
      isAsync: true,
      docs: [docText(`The predictions for several rows, in their order.\n${throws}`)],
      parameters: [
        { name: 'rows', type: `readonly ${types.row}[]`, ...broken },
        { ...options, ...broken, trailingTrivia: '\n' },
      ],
      returnType: `Promise<readonly ${types.prediction}[]>`,
      statements: [
        `const { predictions } = await this.post<{ predictions: readonly ${types.prediction}[] }>(
  '/predict',
  { rows },
  options,
);`,
        'return predictions;',
      ],
    },
  ];
  return {
    kind: StructureKind.Class,
    name: types.client,
    isExported: true,
    extends: 'ServiceClient',
    leadingTrivia: from(plan, deployment.at),
    docs: [docText(deployment.doc ?? `Asks the service \`${name}\`.`)],
    methods,
  };
}
