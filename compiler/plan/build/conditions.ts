import type { Program } from '../../semantics/program.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Draft } from '../steps.ts';
import { BuildContext } from './context.ts';
import { buildDeployment } from './deployment.ts';
import { gateOf } from './model.ts';
import { buildMonitor } from './monitor.ts';
import { rootScope } from './scope.ts';
import { buildValidation } from './validation.ts';

/** A plan in the making with its conditions read once more, by a program in which params have other values. */
export function lowerRules(program: Program, draft: Draft): Draft {
  const context = new BuildContext(program, () => {});
  const again = <K extends ast.Declaration['kind'], T>(
    kind: K,
    known: Readonly<Record<string, T>>,
    build: (declaration: Extract<ast.Declaration, { kind: K }>, now: T) => T | undefined,
  ): Record<string, T> => {
    const record: Record<string, T> = { ...known };
    for (const declaration of program.declarations(kind)) {
      const name = context.nameOf(declaration);
      const now = known[name];
      if (now !== undefined) record[name] = build(declaration, now) ?? now;
    }
    return record;
  };
  const models = again('Model', draft.models, (declaration, model) => {
    const promote = declaration.items.find((item): item is ast.Promote => item.kind === 'Promote');
    const file = program.fileOf(declaration);
    return { ...model, gate: gateOf(promote, rootScope(context, file, draft), file) };
  });
  return {
    ...draft,
    models,
    validations: again('Validation', draft.validations, d => buildValidation(d, draft, context)),
    deployments: again('Deployment', draft.deployments, d => buildDeployment(d, draft, context)),
    monitors: again('Monitor', draft.monitors, d => buildMonitor(d, draft, context)),
  };
}
