import { ParserBase } from './base.ts';
import { installData } from './data.ts';
import { installDeployment } from './deployment.ts';
import { installEnvironment } from './environment.ts';
import { installExamples } from './examples.ts';
import { installExpressions } from './expressions.ts';
import { installFeatures } from './features.ts';
import type { Grammar } from './grammar.ts';
import { installLibrary } from './library.ts';
import { installModel } from './model.ts';
import { installModule } from './module.ts';
import { installMonitor } from './monitor.ts';
import { installPipeline } from './pipeline.ts';
import { installRules } from './rules.ts';
import { installTypes } from './types.ts';

/** Chevrotain wants one class; each construct installs its rules into it from a file of its own. */
class SpecParser extends ParserBase {
  constructor(skipValidations: boolean) {
    super(skipValidations);
    const grammar = this as unknown as Grammar;
    installModule(grammar);
    installData(grammar);
    installFeatures(grammar);
    installModel(grammar);
    installLibrary(grammar);
    installDeployment(grammar);
    installMonitor(grammar);
    installPipeline(grammar);
    installEnvironment(grammar);
    installExamples(grammar);
    installRules(grammar);
    installTypes(grammar);
    installExpressions(grammar);
    this.performSelfAnalysis();
  }
}

let shared: Grammar | undefined;

/** One parser for all files: its construction computes the look-ahead of every rule. */
export function sharedParser(): Grammar {
  shared ??= new SpecParser(true) as unknown as Grammar;
  return shared;
}

/** With Chevrotain's validation of the grammar, for the test. */
export const validatedParser = (): Grammar => new SpecParser(false) as unknown as Grammar;
