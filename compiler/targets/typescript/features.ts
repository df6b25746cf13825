import {
  type FunctionDeclarationStructure,
  type InterfaceDeclarationStructure,
  type OptionalKind,
  type ParameterDeclarationStructure,
  type StatementStructures,
  StructureKind,
  type TypeAliasDeclarationStructure,
} from 'ts-morph';
import { fittingOf } from '../../plan/fitted.ts';
import type { Expr, Feature, FeatureView, FittedExpr } from '../../plan/plan.ts';
import type { FittingStage } from '../../sql/fitting.ts';
import { place } from '../target.ts';
import { type ExpressionNames, printExpression } from './expression.ts';
import { camelCase, Names, pascalCase } from './identifiers.ts';
import { code, literal, property, propertyName, templateLiteral } from './literal.ts';
import { readsStatements } from './online.ts';
import { constant } from './parts.ts';
import { commentText, docText, type FileStructure, from, Imports, type ProgramNames } from './project.ts';
import { joinOf, type Reads, readsOf } from './reads.ts';
import { RowTypes } from './row-types.ts';
import { typeText } from './types.ts';

/** One of the two functions of a view: what is known at T, or the labels, which are known later. */
interface Part {
  readonly suffix: '' | 'Labels';
  readonly features: readonly Feature[];
  readonly reads: Reads;
}

/**
 * `features/<view>.ts`: a pure function of one row for the features, how what it reads is found online, one for the labels,
 * and the view's SQL.
 */
export function featuresFile(
  program: ProgramNames,
  name: string,
  view: FeatureView,
  sql: string,
  stages: readonly FittingStage[],
): FileStructure {
  const imports = new Imports(program, '../schemas.js');
  const writer = new ViewWriter(program, name, view, imports);
  const statements: StatementStructures[] = [...writer.part(''), ...writer.reads(), ...writer.part('Labels')];
  statements.push(
    constant({
      name: 'sql',
      value: templateLiteral(sql),
      doc:
        stages.length === 0
          ? 'The same in batch: one row for each entity and moment, with `__at` and `__label_known`.'
          : 'The same in batch, but for the features that read fitted values: one row for each entity and moment, with `__at` and `__label_known`, and under `given.` what those features read.',
    }),
    ...(stages.length === 0 ? [] : [fittingConstant(stages)]),
    constant({
      name: 'program',
      value: `{ sql, ${stages.length === 0 ? '' : 'fitting, '}compute: ${writer.functionName('')}${writer.hasLabels ? `, labels: ${writer.functionName('Labels')}` : ''}, reads }`,
      doc: 'What the runtime needs of this view.',
    }),
  );
  return { path: `features/${program.viewFiles.get(name)!}.ts`, imports: imports.structures(), statements };
}

const fittingConstant = (stages: readonly FittingStage[]): StatementStructures =>
  constant({
    name: 'fitting',
    value: literal(
      stages.map(({ values, fit, finish }) => ({
        values,
        fit: code(templateLiteral(fit)),
        finish: code(templateLiteral(finish)),
      })),
    ),
    doc: 'In batch, `fit` computes values of the training rows `"unfinished"`, and `finish` gives any rows the features that read those of `"fitted"`.',
  });

class ViewWriter {
  private readonly program: ProgramNames;
  private readonly name: string;
  private readonly view: FeatureView;
  private readonly imports: Imports;
  private readonly types: RowTypes;
  /** Names of the file: its own declarations, and those it imports from the schemas. */
  private readonly names: Names;

  constructor(program: ProgramNames, name: string, view: FeatureView, imports: Imports) {
    this.program = program;
    this.name = name;
    this.view = view;
    this.imports = imports;
    this.types = new RowTypes(program, imports, name);
    this.names = new Names([
      'sql',
      'program',
      'reads',
      ...taken,
      ...program.schemas.values(),
      ...program.enums.values(),
    ]);
  }

  functionName(suffix: Part['suffix']): string {
    return this.names.of(`function ${suffix}`, camelCase(`${this.name} ${suffix}`));
  }
  private typeName(suffix: string): string {
    return this.names.of(`type ${suffix}`, `${pascalCase(this.name)}${suffix}`);
  }

  get hasLabels(): boolean {
    return this.view.features.some(feature => feature.label);
  }

  part(suffix: Part['suffix']): StatementStructures[] {
    const features = this.view.features.filter(feature => feature.label === (suffix === 'Labels'));
    if (features.length === 0 && suffix === 'Labels') return [];
    const part: Part = { suffix, features, reads: readsOf(features, this.view) };
    const context = this.context(part);
    return [
      this.row(part),
      ...(context ? [context] : []),
      ...(part.reads.fitted.length > 0 ? [this.fitted(part)] : []),
      this.result(part),
      this.function(part, context !== undefined),
    ];
  }

  /** `Pick<Flight, 'date' | 'origin'>`: the columns of the row itself. */
  private row(part: Part): TypeAliasDeclarationStructure {
    return {
      kind: StructureKind.TypeAlias,
      isExported: true,
      name: this.typeName(`${part.suffix}Row`),
      type: this.types.pick(this.view.source, part.reads.row),
      docs: [
        part.suffix === ''
          ? 'What the features read of the row itself: what a request carries.'
          : 'What the labels read of the row itself.',
      ],
    };
  }

  /** For the features only: labels are not computed online. */
  reads(): StatementStructures[] {
    const features = this.view.features.filter(feature => !feature.label);
    const { program, view, imports, types, names } = this;
    return readsStatements({ program, view, imports, types, names }, readsOf(features, view));
  }

  private context({ suffix, reads }: Part): InterfaceDeclarationStructure | undefined {
    if (reads.joins.size === 0 && reads.windows.length === 0) return undefined;
    const joins = [...reads.joins].map(([alias, columns]) => {
      const join = joinOf(this.view, alias);
      return {
        name: propertyName(alias),
        type: orNull(this.types.pick(join.table, columns)),
        isReadonly: true,
        docs: [docText(`The row of \`${join.table}\` that matches; null: none does.`)],
      };
    });
    const windows = reads.windows.map(({ name, feature, window }) => ({
      name: propertyName(name),
      type: typeText(window.type, this.imports.types),
      isReadonly: true,
      docs: [docText(`The window in \`${feature.name}\`, over the rows of \`${window.table}\`.`)],
    }));
    return {
      kind: StructureKind.Interface,
      isExported: true,
      name: this.typeName(`${suffix}Context`),
      docs: ['What is read of other rows, as of the moment of prediction.'],
      properties: [...joins, ...windows],
    };
  }

  /** What was computed of the training rows of the model that is served: a parameter, as each version has its own. */
  private fitted({ reads }: Part): InterfaceDeclarationStructure {
    return {
      kind: StructureKind.Interface,
      isExported: true,
      name: this.typeName('Fitted'),
      docs: ['Values that were fitted on the training rows, and come with the model.'],
      properties: reads.fitted.map(({ name, expr, feature }) => ({
        name: propertyName(camelCase(name)),
        type: typeText(expr.type, this.imports.types),
        isReadonly: true,
        docs: [docText(`The value in \`${feature.name}\`: ${place(this.program.plan, expr.at)}.`)],
      })),
    };
  }

  private result({ suffix, features }: Part): InterfaceDeclarationStructure {
    return {
      kind: StructureKind.Interface,
      isExported: true,
      name: this.typeName(suffix === '' ? 'Features' : 'Labels'),
      docs: [suffix === '' ? 'The features of one row.' : 'The labels of one row.'],
      properties: features.map(feature => ({
        name: propertyName(feature.name),
        type: typeText(feature.type, this.imports.types),
        isReadonly: true,
        docs: feature.doc === undefined ? [] : [docText(feature.doc)],
      })),
    };
  }

  private function(part: Part, context: boolean): FunctionDeclarationStructure {
    const { suffix, features, reads } = part;
    const own = new Set(features.map(feature => feature.name));
    const outside = reads.features.some(name => !own.has(name));
    const parameters: OptionalKind<ParameterDeclarationStructure>[] = [
      { name: reads.row.length ? 'row' : '_row', type: this.typeName(`${suffix}Row`) },
      ...(context ? [{ name: 'context', type: this.typeName(`${suffix}Context`) }] : []),
      ...(reads.fitted.length > 0 ? [{ name: 'fitted', type: this.typeName('Fitted') }] : []),
      ...(outside ? [{ name: 'features', type: this.typeName('Features') }] : []),
    ];
    const locals = new Names([
      'row',
      '_row',
      'context',
      'fitted',
      'features',
      this.functionName(suffix),
      ...taken,
    ]);
    const local = (feature: string): string => locals.of(feature, camelCase(feature));
    const names: ExpressionNames = {
      column: ref => (ref.of === 'row' ? property('row', ref.column) : joined(ref.of, ref.column)),
      feature: ref => (own.has(ref.name) ? local(ref.name) : property('features', ref.name)),
      window: window => `context.${reads.windowName(window)}`,
      fitted: expr => property('fitted', valueName(this.view, expr)),
      team: fn => {
        this.imports.namespace('team', '../functions.js');
        return `team.${this.program.functions.get(fn)!}`;
      },
      use: name => {
        this.imports.add(name, 'mlp-runtime', { type: false });
        return name;
      },
    };
    const lines = features.map(feature => {
      const where = commentText(
        `${place(this.program.plan, feature.at)}  ${feature.text.replace(/\s+/g, ' ')}`,
      );
      return `// ${where}\nconst ${local(feature.name)} = ${print(feature.expr, names)};`;
    });
    const result = Object.fromEntries(features.map(({ name }) => [name, code(local(name))]));
    return {
      kind: StructureKind.Function,
      isExported: true,
      name: this.functionName(suffix),
      leadingTrivia: from(this.program.plan, this.view.at),
      docs: this.functionDoc(suffix),
      parameters,
      returnType: this.typeName(suffix === '' ? 'Features' : 'Labels'),
      statements: [...lines, `return ${literal(result, 0, 'return ;'.length + 2)};`],
    };
  }

  private functionDoc(suffix: Part['suffix']): string[] {
    if (suffix === 'Labels')
      return [docText(`The labels of \`${this.name}\`, known only after the moment of prediction.`)];
    return [docText(this.view.doc ?? `The features of \`${this.name}\` for one row.`)];
  }
}

/** What a fitted value is called in TypeScript. */
const valueName = (view: FeatureView, expr: FittedExpr): string =>
  camelCase(fittingOf(view).fittedAs(expr).name);

/** Names that expressions use: the runtime's, and the parameters of functions that `lift` applies. */
const taken = (
  'functions team lift and or addInt subtractInt multiplyInt negateInt addDuration durationBetween compareText ' +
  'wholeOf inRange inSet DAY HOUR MINUTE SECOND x y z w x0 x1 x2 x3 x4 x5 x6 x7 x8 x9'
).split(' ');

/** As printed, but for a column of a joined row with a default, whose null needs no writing out. */
function print(expr: Expr, names: ExpressionNames): string {
  const text = printExpression(expr, names);
  const [first] = expr.op === 'call' && expr.fn === 'coalesce' ? expr.args : [];
  if (first?.op !== 'column' || first.of === 'row') return text;
  const column = names.column(first);
  const bare = column.slice(1, -' ?? null)'.length);
  return text.startsWith(`${column} ?? `) ? bare + text.slice(column.length) : text;
}

const orNull = (type: string): string => (type.includes(' & ') ? `(${type}) | null` : `${type} | null`);

/** Null where no row matches. */
const joined = (alias: string, column: string): string => {
  const row = property('context', alias);
  const dot = property(`${row}?`, column).replace(/\?\[/, '?.[');
  return `(${dot} ?? null)`;
};
