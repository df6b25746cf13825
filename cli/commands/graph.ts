import type { Command } from 'commander';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import { stepGraphSvg, valueGraphSvg } from '../../compiler/plan/graph-svg.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { stepGraphText, valueGraphText } from '../../compiler/plan/print-graph.ts';
import { goalSteps, goals } from '../../compiler/plan/steps.ts';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { CommandError, usageError } from '../errors.ts';
import { print } from '../terminal.ts';

interface GraphOptions extends ProjectOptions {
  readonly values?: boolean;
  readonly svg?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('[goal]', 'only what this declaration or pipeline needs, and what builds on it')
    .option('--values', 'the graph of values (column to column) instead of the graph of steps')
    .option('--svg', 'print SVG')
    .option('--json', 'print the graph as JSON')
    .action(run);
}

function run(name: string | undefined, options: GraphOptions): void {
  if (options.svg && options.json)
    throw usageError('--svg and --json are two forms of the same graph: choose one');
  const { plan } = planOf(options);
  if (options.values) {
    if (name !== undefined)
      throw usageError('the graph of values is of the whole spec', 'leave the goal out');
    print(
      options.json
        ? JSON.stringify(plan.graph, null, 2)
        : options.svg
          ? valueGraphSvg(plan)
          : valueGraphText(plan),
    );
    return;
  }
  const goal = name === undefined ? undefined : goalOf(plan, name);
  if (options.json) print(JSON.stringify(goal ?? { needed: plan.steps, beyond: [] }, null, 2));
  else print(options.svg ? stepGraphSvg(plan, goal) : stepGraphText(plan, goal));
}

function goalOf(plan: Plan, name: string) {
  const goal = goalSteps(plan, name);
  if (goal) return goal;
  const near = suggest(name, goals(plan));
  throw new CommandError(`nothing called ${name} makes a step`, {
    hint: near ? `did you mean ${near}?` : `there are ${goals(plan).slice(0, 12).join(', ')}`,
  });
}
