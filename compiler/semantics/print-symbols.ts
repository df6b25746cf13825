import type * as ast from '../syntax/ast/index.ts';
import type { Program } from './program.ts';
import { describe, describeFully } from './types.ts';

export interface ModuleSymbols {
  readonly file: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly name: string;
    /** Its type, or what it is about; empty where there is nothing to say. */
    readonly about: string;
    readonly members: readonly string[];
  }[];
}

/** The declarations of the project's modules with their members and types. */
export function symbolsOf(program: Program): readonly ModuleSymbols[] {
  return [...program.modules.values()]
    .filter(module => !module.library)
    .map(({ file, tree }) => ({
      file: file.path,
      declarations: tree.declarations.map(declaration => {
        const members: string[] = [];
        membersOf(program, declaration, text => members.push(text));
        return {
          kind: declaration.kind === 'AggregateFunction' ? 'aggregate' : declaration.kind.toLowerCase(),
          name: declaration.kind === 'Test' ? JSON.stringify(declaration.title) : declaration.name.text,
          about: headOf(program, declaration),
          members,
        };
      }),
    }));
}

/** The same, one a line, for `mlp debug symbols` and tests. */
export function printSymbols(program: Program): string {
  const lines = symbolsOf(program).flatMap(({ file, declarations }) => [
    file,
    ...declarations.flatMap(({ kind, name, about, members }) => [
      `  ${kind} ${name}${about}`,
      ...members.map(member => `    ${member}`),
    ]),
  ]);
  return `${lines.join('\n')}\n`;
}

type Print = (text: string) => void;

const refers = (program: Program, name: ast.Name): string => {
  const symbol = program.symbolOf(name);
  return symbol === undefined ? `${name.text} (unbound)` : name.text;
};

function headOf(program: Program, declaration: ast.Declaration): string {
  switch (declaration.kind) {
    case 'Source':
    case 'Sink':
      return `: ${refers(program, declaration.row)}`;
    case 'Let':
      return `: ${describeFully(program.typeOf(declaration.value))}${constant(program, declaration.value)}`;
    case 'Param':
      return declaration.value
        ? `: ${describeFully(program.typeOf(declaration.value))}${constant(program, declaration.value)}`
        : '';
    case 'Validation':
    case 'Monitor':
      return ` on ${refers(program, declaration.on)}`;
    case 'Features':
      return ` from ${refers(program, declaration.from)}`;
    case 'Environment':
      return declaration.base ? ` extends ${refers(program, declaration.base)}` : '';
    case 'Test':
      return ` of ${refers(program, declaration.of)}`;
    default:
      return '';
  }
}

function constant(program: Program, value: ast.Expression): string {
  const found = program.constantOf(value);
  return found === undefined ? '' : ` = ${JSON.stringify(found)}`;
}

function membersOf(program: Program, declaration: ast.Declaration, print: Print): void {
  switch (declaration.kind) {
    case 'Schema': {
      const info = program.schemaOf(declaration.name.text);
      for (const [name, { type }] of info?.columns ?? []) {
        const marks = [
          ...(info?.eventTime === name ? ['event time'] : []),
          ...(info?.key.includes(name) ? ['key'] : []),
        ];
        print(`column ${name}: ${describeFully(type)}${marks.length ? ` (${marks.join(', ')})` : ''}`);
      }
      return;
    }
    case 'Enum':
      for (const member of declaration.members) print(`member ${member.name.text}`);
      return;
    case 'Connection':
    case 'Source':
    case 'Sink':
      printCall(program, declaration.value, 'is', print);
      return;
    case 'Function':
      if (declaration.body.kind === 'ExpressionBody')
        print(`body: ${describeFully(program.typeOf(declaration.body.value))}`);
      return;
    case 'Features':
      printView(program, declaration, print);
      return;
    case 'Model':
      printModel(program, declaration, print);
      return;
    case 'Validation':
    case 'Policy':
      printRules(program, declaration.rules, print);
      return;
    case 'Monitor':
      printRules(
        program,
        declaration.items.filter(item => item.kind === 'Condition'),
        print,
      );
      return;
    case 'Deployment':
      for (const item of declaration.items) {
        if (item.kind === 'Serve') print(`serves ${refers(program, item.model)}`);
        else if (item.kind === 'Rollback') {
          if (item.condition) print(`rollback: ${describe(program.typeOf(item.condition))}`);
          if (item.unless) printRules(program, [item.unless], print);
        } else if (item.kind === 'Check') printRules(program, item.rules, print);
      }
      return;
    case 'Pipeline':
      for (const item of declaration.items) {
        if (item.kind === 'RunGoals')
          print(`runs ${item.goals.map(goal => refers(program, goal)).join(', ')}`);
      }
      return;
    case 'Environment':
      for (const item of declaration.items) {
        if (item.kind === 'Target') print(`target ${refers(program, item.name)}`);
        else if (item.kind === 'Replacement')
          printCall(program, item.value, `${item.what} ${refers(program, item.name)}`, print);
      }
      return;
    case 'Test':
      for (const item of declaration.items) {
        if (item.kind === 'Expect') print(`expect: ${describe(program.typeOf(item.condition))}`);
      }
      return;
  }
}

function printView(program: Program, declaration: ast.FeaturesDeclaration, print: Print): void {
  for (const item of declaration.items) {
    if (item.kind === 'Join')
      print(`join ${(item.alias ?? item.table).text}: ${refers(program, item.table)}`);
    else if (item.kind === 'Use') for (const name of item.columns) print(`use ${refers(program, name)}`);
    else if (item.kind === 'Feature') {
      const type = describeFully(program.typeOf(item.value));
      print(`${item.label ? 'label' : 'feature'} ${item.name.text}: ${type}`);
    }
  }
}

function printModel(program: Program, declaration: ast.ModelDeclaration, print: Print): void {
  for (const item of declaration.items) {
    if (item.kind === 'ModelFeatures')
      print(`views ${item.views.map(view => refers(program, view)).join(', ')}`);
    else if (item.kind === 'Predict') print(`label ${refers(program, item.label)}`);
    else if (item.kind === 'Train') printCall(program, item.trainer, 'train', print);
    else if (item.kind === 'Baseline') printCall(program, item.trainer, 'baseline', print);
    else if (item.kind === 'Load') printCall(program, item.loader, 'load', print);
    else if (item.kind === 'Evaluate') {
      print(`metrics ${item.metrics.map(metric => refers(program, metric.name)).join(', ')}`);
      for (const slice of item.by)
        print(`slice ${slice.columns.map(name => refers(program, name)).join(', ')}`);
    } else if (item.kind === 'Promote') printRules(program, item.rules, print);
  }
}

function printCall(
  program: Program,
  call: ast.Call | ast.MissingExpression,
  what: string,
  print: Print,
): void {
  if (call.kind !== 'Call') return;
  const resolved = program.callOf(call);
  if (!resolved) {
    print(`${what} ${call.callee.text} (unbound)`);
    return;
  }
  const args = [...resolved.args].map(([name, value]) => {
    const known = program.constantOf(value);
    return `${name}: ${known === undefined ? describe(program.typeOf(value)) : JSON.stringify(known)}`;
  });
  print(`${what} ${resolved.key}(${args.join(', ')})`);
}

function printRules(program: Program, rules: readonly ast.Rule[], print: Print): void {
  for (const rule of rules) {
    if (rule.kind === 'Condition') print(`${rule.severity}: ${describe(program.typeOf(rule.condition))}`);
    else if (rule.kind === 'PolicyUse') printCall(program, rule.call, 'policy', print);
    else print('approval');
  }
}
