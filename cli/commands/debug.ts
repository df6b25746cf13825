import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import { printSymbols, symbolsOf } from '../../compiler/semantics/print-symbols.ts';
import { decode } from '../../compiler/source/decode.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { printTokens, printTree } from '../../compiler/syntax/print-tree.ts';
import { compileProject, type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { tokensDocument, treeDocument } from '../debug-json.ts';
import type { SymbolsDocument } from '../documents.ts';
import { CommandError, EXIT, usageError } from '../errors.ts';
import { print, printError, useColor } from '../terminal.ts';

const STAGES = ['tokens', 'tree', 'symbols', 'plan'] as const;

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('<stage>', STAGES.join(', '))
    .argument('[spec]', 'the spec file, for tokens and tree')
    .option('--json', 'print as JSON; a plan always is')
    .action(run);
}

type Options = ProjectOptions & { readonly json?: boolean };

function run(stage: string, spec: string | undefined, options: Options): void {
  if (stage === 'tokens' || stage === 'tree') {
    dumpSyntax(stage, spec, options.json === true);
    return;
  }
  if (spec !== undefined)
    throw usageError(
      `${stage} is of a whole project`,
      'leave the file out, and name the folder with --project',
    );
  if (stage === 'symbols') {
    const { program } = compileProject(options).result;
    const document: SymbolsDocument = { version: 'symbols/1', modules: symbolsOf(program) };
    print(options.json ? JSON.stringify(document, null, 2) : printSymbols(program));
  } else if (stage === 'plan') print(JSON.stringify(planOf(options).plan, null, 2));
  else throw usageError(`there is no stage ${stage}`, `the stages are ${STAGES.join(', ')}`);
}

function dumpSyntax(stage: 'tokens' | 'tree', spec: string | undefined, json: boolean): void {
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
  const diagnostics = [...decoding, ...parsed.diagnostics];
  if (diagnostics.length > 0) process.exitCode = EXIT.fault;
  if (json) {
    const tokens = [...parsed.tokens, ...parsed.comments];
    const document =
      stage === 'tokens'
        ? tokensDocument(file, tokens, diagnostics)
        : treeDocument(file, parsed.module, diagnostics);
    print(JSON.stringify(document, null, 2));
    return;
  }
  print(
    stage === 'tokens' ? printTokens(file, parsed.tokens, parsed.comments) : printTree(file, parsed.module),
  );
  if (diagnostics.length === 0) return;
  printError(renderText(diagnostics, { colour: useColor(process.stderr) }));
}
