import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import { printSymbols } from '../../compiler/semantics/print-symbols.ts';
import { decode } from '../../compiler/source/decode.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { printTokens, printTree } from '../../compiler/syntax/print-tree.ts';
import { compileProject, type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { CommandError, EXIT, usageError } from '../errors.ts';
import { print, printError, useColor } from '../terminal.ts';

const STAGES = ['tokens', 'tree', 'symbols', 'plan'] as const;

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('<stage>', STAGES.join(', '))
    .argument('[spec]', 'the spec file, for tokens and tree')
    .action(run);
}

function run(stage: string, spec: string | undefined, options: ProjectOptions): void {
  if (stage === 'tokens' || stage === 'tree') {
    dumpSyntax(stage, spec);
    return;
  }
  if (spec !== undefined)
    throw usageError(
      `${stage} is of a whole project`,
      'leave the file out, and name the folder with --project',
    );
  if (stage === 'symbols') print(printSymbols(compileProject(options).result.program));
  else if (stage === 'plan') print(JSON.stringify(planOf(options).plan, null, 2));
  else throw usageError(`there is no stage ${stage}`, `the stages are ${STAGES.join(', ')}`);
}

function dumpSyntax(stage: 'tokens' | 'tree', spec: string | undefined): void {
  if (spec === undefined)
    throw usageError(`mlp debug ${stage} needs a spec file`, `mlp debug ${stage} flights.mlp`);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(spec);
  } catch {
    throw new CommandError(`cannot read ${spec}`);
  }
  const { file, diagnostics: decoding } = decode(spec, bytes);
  const parsed = parse(file);
  print(
    stage === 'tokens' ? printTokens(file, parsed.tokens, parsed.comments) : printTree(file, parsed.module),
  );
  const diagnostics = [...decoding, ...parsed.diagnostics];
  if (diagnostics.length === 0) return;
  printError(renderText(diagnostics, { colour: useColor(process.stderr) }));
  process.exitCode = EXIT.fault;
}
