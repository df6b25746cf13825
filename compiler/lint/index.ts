import type { Diagnostic, Suppressed } from '../diagnostics/diagnostic.ts';
import { lintMessages } from '../diagnostics/messages/lint.ts';
import { type CompileOptions, type CompileResult, compile, sortDiagnostics } from '../index.ts';
import { atOnce, type Pieces } from '../pieces.ts';
import type { Draft } from '../plan/steps.ts';
import { covers, isRule, type Suppression, uselessSuppression } from '../semantics/checker/suppress.ts';
import type { Host } from '../source/host.ts';
import type { SourceFile } from '../source/text.ts';
import type * as ast from '../syntax/ast/index.ts';
import { type RuleContext, severityOf } from './rule.ts';
import { rules, rulesByCode } from './rules/index.ts';
import { readSettings, type Settings } from './settings.ts';
import { walk } from './walk.ts';

export interface LintResult {
  /** What the compiler says, and what the rules find, by file and place. */
  readonly diagnostics: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
}

export interface LintOptions extends CompileOptions {
  /** `mlp.json` of folders above the project, the nearest first. */
  readonly above?: readonly string[];
}

/** Compiles a project and runs the rules of its settings over it. */
export function lint(host: Host, options: LintOptions = {}): LintResult {
  const { above, ...rest } = options;
  const settings = readSettings(host, above);
  const compiled = compile(host, rest);
  const found = lintCompiled(compiled, settings, options.files === undefined);
  return {
    diagnostics: sortDiagnostics([...compiled.diagnostics, ...settings.diagnostics, ...found.diagnostics]),
    suppressed: [...compiled.suppressed, ...found.suppressed],
  };
}

/**
 * What the rules find in a compiled project. A file with errors is left to the compiler, as what is broken would be
 * misread, and rules that need the whole project wait until it has none.
 */
export const lintCompiled = (compiled: CompileResult, settings: Settings, whole: boolean): LintResult =>
  atOnce(lintInPieces(compiled, settings, whole));

/** The same, in pieces. */
export function* lintInPieces(
  compiled: CompileResult,
  settings: Settings,
  whole: boolean,
): Pieces<LintResult> {
  const broken = new Set(
    compiled.diagnostics.filter(({ severity }) => severity === 'error').map(({ file }) => file.path),
  );
  const active = rules.filter(rule => {
    const { level } = settings.rules.get(rule.name)!;
    return level !== 'off' && (rule.scope === 'files' || (whole && broken.size === 0));
  });
  const found = yield* run(compiled, settings, active, broken);
  const ran = new Set(active.map(rule => rule.code));
  return suppress(found, compiled.program.suppressions, settings, code => ran.has(code), broken);
}

const emptyDraft = {
  sources: {},
  sinks: {},
  schemas: {},
  params: {},
  connections: {},
  validations: {},
  components: {},
  views: {},
  models: {},
  deployments: {},
  monitors: {},
  pipelines: {},
  environments: {},
  tests: [],
  files: [],
  positions: [],
} as unknown as Draft;

type Handlers = Map<string, ((node: never) => void)[]>;

/** One walk over all files for all rules. */
function* run(
  { program, lowered }: CompileResult,
  settings: Settings,
  active: readonly (typeof rules)[number][],
  broken: ReadonlySet<string>,
): Pieces<Diagnostic[]> {
  const found: Diagnostic[] = [];
  let file: SourceFile | undefined;
  const isOwn = ({ path }: SourceFile): boolean =>
    !path.startsWith('std/') && !/(^|\/)node_modules\//.test(path);
  const base = {
    program,
    draft: lowered?.draft ?? emptyDraft,
    metrics: lowered?.metrics ?? new Map(),
    place: (at: number | undefined) => (at === undefined ? undefined : lowered?.places[at]),
    isOwn,
  };
  const handlers: Handlers = new Map();
  const ends: (() => void)[] = [];
  for (const rule of active) {
    const { level, options } = settings.rules.get(rule.name)!;
    const severity = severityOf[level as Exclude<typeof level, 'off'>];
    const context: RuleContext<unknown, Readonly<Record<string, unknown>>> = {
      ...base,
      options,
      get file() {
        return file!;
      },
      report(args, at) {
        const where = at.file ?? file!;
        if (!isOwn(where) || broken.has(where.path)) return;
        found.push({ ...rule.message(args as never, { ...at, file: where }), severity });
      },
    };
    const { finish, ...visitor } = rule.create(context);
    for (const [kind, handler] of Object.entries(visitor)) {
      const list = handlers.get(kind);
      if (list) list.push(handler as (node: never) => void);
      else handlers.set(kind, [handler as (node: never) => void]);
    }
    if (finish) ends.push(finish);
  }
  const enter = (node: ast.Node): void => {
    const list = handlers.get(node.kind);
    if (list) for (const handler of list) handler(node as never);
  };
  for (const module of program.modules.values()) {
    if (module.library) continue;
    file = module.file;
    enter(module.tree);
    for (const part of [...module.tree.imports, ...module.tree.declarations]) {
      walk(part, enter);
      yield;
    }
  }
  for (const end of ends) {
    end();
    yield;
  }
  return found;
}

/** Takes off what is suppressed, and says which suppressions are of no use or not allowed. */
function suppress(
  found: readonly Diagnostic[],
  all: readonly Suppression[],
  settings: Settings,
  ran: (code: string) => boolean,
  broken: ReadonlySet<string>,
): LintResult {
  const kept: Diagnostic[] = [];
  const refused: Diagnostic[] = [];
  const suppressions = all.filter(one => {
    const rule = isRule(one.code) ? rulesByCode.get(one.code) : undefined;
    const by = rule && settings.locked.get(rule.name);
    if (!rule) return false;
    if (by === undefined) return true;
    const facts = { code: one.code, rule: rule.name, by };
    refused.push(lintMessages.locked(facts, { file: one.file, span: one.at }));
    return false;
  });
  if (suppressions.length === 0) return { diagnostics: [...found, ...refused], suppressed: [] };
  const used = new Set<Suppression>();
  const suppressed: Suppressed[] = [];
  for (const diagnostic of found) {
    const matching = suppressions.filter(one => covers(one, diagnostic));
    for (const one of matching) used.add(one);
    const [first] = matching;
    if (!first) kept.push(diagnostic);
    else {
      const kind = first.form === 'project' ? 'external' : 'inSource';
      suppressed.push({ diagnostic, kind, reason: first.reason });
    }
  }
  const useless = suppressions.filter(
    one => !used.has(one) && ran(one.code) && !broken.has(one.file.path) && broken.size === 0,
  );
  return { diagnostics: [...kept, ...refused, ...useless.map(uselessSuppression)], suppressed };
}
