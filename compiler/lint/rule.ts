import { type At, defineMessage, type Message } from '../diagnostics/define.ts';
import type { Severity } from '../diagnostics/diagnostic.ts';
import type { Place } from '../plan/build/context.ts';
import type { Draft } from '../plan/steps.ts';
import type { MetricFacts } from '../semantics/flow/gates/intervals.ts';
import type { Program } from '../semantics/program.ts';
import type { SourceFile } from '../source/text.ts';
import type * as ast from '../syntax/ast/index.ts';

/** How much is made of what a rule finds. */
export const levels = ['off', 'note', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

export const severityOf: Readonly<Record<Exclude<Level, 'off'>, Severity>> = {
  note: 'info',
  warn: 'warning',
  error: 'error',
};

/** One option of a rule, which `mlp.json` may set. */
export type Option = { readonly means: string } & (
  | { readonly kind: 'number'; readonly default: number; readonly min: number; readonly max: number }
  | { readonly kind: 'boolean'; readonly default: boolean }
  | { readonly kind: 'texts'; readonly default: readonly string[]; readonly of?: readonly string[] }
);
export type Options = Readonly<Record<string, Option>>;
export type ValuesOf<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { kind: 'number' }
    ? number
    : O[K] extends { kind: 'boolean' }
      ? boolean
      : readonly string[];
};

/** Every kind of node that a rule may ask for. */
type AnyNode =
  | ast.Declaration
  | ast.Expression
  | ast.SourceItem
  | ast.FeaturesItem
  | ast.ModelItem
  | ast.DeploymentItem
  | ast.MonitorItem
  | ast.PipelineItem
  | ast.EnvironmentItem
  | ast.TestItem
  | ast.ForeignItem
  | ast.Rule
  | ast.Module
  | ast.Import
  | ast.ImportName
  | ast.Field
  | ast.Parameter
  | ast.MetricUse
  | ast.TypeExpression
  | ast.Annotation
  | ast.Name;

/** What is done at a node, by kind, in the one walk over the trees; `finish` when all of them were walked. */
export type Visitor = {
  readonly [K in AnyNode['kind']]?: (node: Extract<AnyNode, { kind: K }>) => void;
} & { readonly finish?: () => void };

export interface RuleContext<Args, Values> {
  readonly options: Values;
  readonly program: Program;
  /** The plan in the making: conditions with policies put in, constants worked out. */
  readonly draft: Draft;
  readonly metrics: ReadonlyMap<string, MetricFacts>;
  /** The file that is walked. */
  readonly file: SourceFile;
  /** Where something of the draft stands. */
  place(at: number | undefined): Place | undefined;
  /** Whether a file is the project's own, not an installed package's or the library's. */
  isOwn(file: SourceFile): boolean;
  report(args: Args, at: Omit<At, 'file'> & { readonly file?: SourceFile }): void;
}

/** Where the reason of a rule can be read: a thread, a standard, somebody's documentation. */
export interface Reference {
  readonly title: string;
  readonly url: string;
}

interface Definition<Args, O extends Options> {
  /** Dashes and lower case; the file's name. `mlp.json` knows the rule by it. */
  readonly name: string;
  readonly code: string;
  /** In `mlp:recommended`. */
  readonly level: Level;
  /** In `mlp:strict`, where it differs. */
  readonly strict?: Level;
  readonly title: string;
  readonly message: (args: Args) => string;
  readonly hint?: (args: Args) => string | undefined;
  /** Markdown: the reason why the rule exists, and how it decides. */
  readonly why: string;
  readonly reference: Reference;
  /** Whole specs: the first makes the rule speak, the second does not. */
  readonly wrong: string;
  readonly right: string;
  readonly options?: O;
  /** It compares files that have nothing to do with one another, so it needs all of them and is left out where only some are looked at. */
  readonly scope?: 'project';
  create(context: RuleContext<Args, ValuesOf<O>>): Visitor;
}

export interface Rule {
  readonly name: string;
  readonly code: string;
  readonly level: Level;
  readonly strict: Level;
  readonly options: Options;
  readonly scope: 'files' | 'project';
  readonly reference: Reference;
  readonly message: Message<never>;
  create(context: RuleContext<unknown, Readonly<Record<string, unknown>>>): Visitor;
}

/** Makes a rule and its entry in the registry: one file a rule, with its reason and its two specs. */
export function defineRule<Args, O extends Options = Record<never, never>>(
  definition: Definition<Args, O>,
): Rule & { readonly message: Message<Args> } {
  const { name, code, level, title, hint, why, reference, wrong, right } = definition;
  const message = defineMessage<Args>({
    code,
    severity: level === 'off' ? 'info' : severityOf[level],
    title,
    message: definition.message,
    ...(hint ? { hint } : {}),
    explanation: {
      text: `${why.trim()}\n\nRule \`${name}\` of \`mlp lint\`. See [${reference.title}](${reference.url}).`,
      wrong,
      right,
    },
  });
  return {
    name,
    code,
    level,
    strict: definition.strict ?? (level === 'off' ? 'warn' : level),
    options: definition.options ?? {},
    scope: definition.scope ?? 'files',
    reference,
    message,
    create: context => definition.create(context as RuleContext<Args, ValuesOf<O>>),
  };
}

export const defaultsOf = (rule: Rule): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(rule.options).map(([name, option]) => [name, option.default]));
