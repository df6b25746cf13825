import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { atOnce, type Pieces } from '../../pieces.ts';
import type { MetricFacts } from '../../semantics/flow/gates/intervals.ts';
import type { Program } from '../../semantics/program.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { finishPlan } from '../finish.ts';
import type { Construct, Param, Plan } from '../plan.ts';
import type { Draft, Needs } from '../steps.ts';
import { buildComponent } from './component.ts';
import { BuildContext, docOf, type Place } from './context.ts';
import { buildDeployment } from './deployment.ts';
import { buildEnvironments } from './environment.ts';
import { buildView } from './features.ts';
import { buildModel } from './model.ts';
import { buildMonitor } from './monitor.ts';
import { needsOf } from './needs.ts';
import { buildPipeline } from './pipeline.ts';
import { buildSchema } from './schema.ts';
import { buildConnection, buildSink, buildSource } from './source.ts';
import { buildTest } from './test.ts';
import { buildValidation } from './validation.ts';

export type { Place } from './context.ts';

export interface PlanOptions {
  /** The compiler's version, which the plan names. */
  readonly version: string;
  /** The environment whose sources, sinks and connections stand in the place of the spec's. */
  readonly environment?: string;
}

/** A plan in the making, with what diagnostics and steps need beside it. */
export interface Lowered {
  readonly draft: Draft;
  /** Same indices as `draft.positions`. */
  readonly places: readonly Place[];
  readonly needs: ReadonlyMap<string, Needs>;
  readonly diagnostics: readonly Diagnostic[];
  /** Ranges and directions of all metrics and service measures, by name. */
  readonly metrics: ReadonlyMap<string, MetricFacts>;
}

type Open<T> = { -readonly [K in keyof T]: T[K] };

class Lowering {
  readonly context: BuildContext;
  readonly draft: Open<Draft>;
  readonly needs = new Map<string, Needs>();
  private readonly program: Program;
  private readonly begun = new Set<ast.Declaration>();

  constructor(program: Program, options: PlanOptions) {
    this.program = program;
    this.context = new BuildContext(program, declaration => this.table(declaration));
    const files = [...program.modules.values()].filter(m => !m.library).map(m => m.file.path);
    this.draft = {
      version: 'plan/1',
      compiler: options.version,
      environment: options.environment ?? null,
      files: files.sort(),
      positions: [],
      params: {},
      schemas: {},
      connections: {},
      sources: {},
      sinks: {},
      validations: {},
      components: {},
      views: {},
      models: {},
      deployments: {},
      monitors: {},
      pipelines: {},
      environments: {},
      tests: [],
    };
  }

  /** Builds a component's value or a view before those that read it. */
  private table(declaration: ast.Declaration): void {
    if (this.begun.has(declaration)) return;
    this.begun.add(declaration);
    const { context, draft } = this;
    const name = context.nameOf(declaration);
    if (declaration.kind === 'Features') {
      buildView(declaration, draft, context);
      this.need(name, declaration.items);
    }
    if (declaration.kind === 'Source' && draft.sources[name]) return;
    if (declaration.kind !== 'Let' && declaration.kind !== 'Source') return;
    if (declaration.value.kind !== 'Call') return;
    const use = buildComponent(declaration, draft, context);
    if (!use) return;
    (draft.components as Record<string, typeof use>)[name] = use;
    const component = this.program.callOf(declaration.value)?.declaration;
    if (component?.kind === 'Component') this.need(name, component.body.items);
  }

  private need(name: string, items: readonly { readonly kind: string }[]): void {
    const needs = needsOf(items, this.context);
    if (needs) this.needs.set(name, needs);
  }

  /** One record of the plan, in the order of the declarations; what cannot be built is left out. */
  private *record<K extends ast.Declaration['kind'], T>(
    kind: K,
    build: (declaration: Extract<ast.Declaration, { kind: K }>, name: string) => T | undefined,
  ): Pieces<Record<string, T>> {
    const record: Record<string, T> = {};
    for (const declaration of this.program.declarations(kind)) {
      const name = this.context.nameOf(declaration);
      const value = build(declaration, name);
      yield;
      if (value === undefined) continue;
      record[name] = value;
      if ('items' in declaration)
        this.need(name, [...declaration.items, ...ofTrainer(declaration, this.program)]);
    }
    return record;
  }

  /** Components and views build each other as they are needed; afterwards they stand in the order of the spec. */
  private *tables(): Pieces<void> {
    const { draft } = this;
    for (const kind of ['Source', 'Let', 'Features'] as const)
      for (const declaration of this.program.declarations(kind)) {
        this.table(declaration);
        yield;
      }
    const ordered = <T>(
      kind: 'Source' | 'Let' | 'Features',
      record: Readonly<Record<string, T>>,
    ): Record<string, T> => atOnce(this.record(kind, (_declaration, name) => record[name]));
    const { components } = draft;
    draft.components = { ...ordered('Source', components), ...ordered('Let', components) };
    draft.views = ordered('Features', draft.views);
  }

  *run(): Pieces<Lowered> {
    const { context, draft, program } = this;
    draft.environments = buildEnvironments(context);
    const environment = draft.environments[draft.environment ?? ''];
    const replaced = (kind: 'sources' | 'sinks' | 'connections', name: string): Construct | undefined =>
      environment?.[kind][name];
    draft.params = yield* this.record('Param', declaration => buildParam(declaration, context));
    draft.schemas = yield* this.record('Schema', declaration => {
      const info = program.schemaOf(declaration.name.text);
      return info ? buildSchema(info, context) : undefined;
    });
    draft.connections = yield* this.record('Connection', (d, name) =>
      buildConnection(d, replaced('connections', name), context),
    );
    draft.sources = yield* this.record('Source', (d, name) => {
      const from = replaced('sources', name);
      // Rows that a component makes are its value, whatever they are called.
      return from || !callsComponent(d, program) ? buildSource(d, from, context) : undefined;
    });
    draft.sinks = yield* this.record('Sink', (d, name) => buildSink(d, replaced('sinks', name), context));
    yield* this.tables();
    draft.validations = yield* this.record('Validation', d => buildValidation(d, draft, context));
    draft.models = yield* this.record('Model', d => buildModel(d, draft, context));
    draft.deployments = yield* this.record('Deployment', d => buildDeployment(d, draft, context));
    draft.monitors = yield* this.record('Monitor', d => buildMonitor(d, draft, context));
    draft.pipelines = yield* this.record('Pipeline', d => buildPipeline(d, context));
    draft.tests = program.declarations('Test').flatMap(d => buildTest(d, draft, context) ?? []);
    const { places, diagnostics } = context;
    Object.defineProperty(draft, 'positions', { enumerable: true, get: () => context.positions() });
    return { draft, places, needs: this.needs, diagnostics, metrics: metricFacts(context) };
  }
}

const callsComponent = ({ value }: ast.SourceDeclaration, program: Program): boolean =>
  value.kind === 'Call' && program.callOf(value)?.declaration.kind === 'Component';

/** A model's steps need what its trainer needs, where the model itself does not say. */
function ofTrainer(declaration: ast.Declaration, program: Program): readonly ast.ForeignItem[] {
  if (declaration.kind !== 'Model') return [];
  const train = declaration.items.find(item => item.kind === 'Train');
  const trainer = train?.trainer.kind === 'Call' ? program.callOf(train.trainer)?.declaration : undefined;
  return trainer?.kind === 'Trainer' ? trainer.body.items : [];
}

function buildParam(declaration: ast.ParamDeclaration, context: BuildContext): Param {
  const { type, value } = context.program.paramOf(declaration);
  return {
    type,
    value: value ?? null,
    ...docOf(declaration),
    at: context.at(context.program.fileOf(declaration), declaration.name.span),
  };
}

function metricFacts(context: BuildContext): Map<string, MetricFacts> {
  const facts = [...context.metrics].map(([name, { direction, range }]): [string, MetricFacts] => [
    name,
    {
      direction: direction ?? null,
      min: context.number(range?.low) ?? null,
      max: context.number(range?.high) ?? null,
    },
  ]);
  return new Map(facts);
}

/** Everything of the plan that the program says, as far as it can be understood: errors leave parts out. */
export const lowerProgram = (program: Program, options: PlanOptions): Lowered =>
  atOnce(lowerInPieces(program, options));

/** The same, in pieces. */
export const lowerInPieces = (program: Program, options: PlanOptions): Pieces<Lowered> =>
  new Lowering(program, options).run();

/** The plan of a program; undefined where the program has errors. */
export function buildPlan(
  program: Program,
  options: PlanOptions,
): { readonly plan: Plan | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const { draft, needs, diagnostics } = lowerProgram(program, options);
  const broken = [...program.diagnostics, ...diagnostics].some(d => d.severity === 'error');
  return { plan: broken ? undefined : finishPlan(draft, needs), diagnostics };
}
