import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { SourceFile } from '../../compiler/source/text.ts';
import type { Node } from '../../compiler/syntax/ast/index.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { At, Identifier, keywordTypes, type Token } from '../../compiler/syntax/tokens.ts';
import { visit } from '../../compiler/syntax/visit.ts';
import { completion } from '../../editor/language-server/features/completion.ts';
import { expectedAt } from '../../editor/language-server/features/expected.ts';
import { Workspace } from '../../editor/language-server/workspace.ts';
import { root, specsIn } from '../support/specs.ts';

/** A spec is written from an empty file: before each word, what completion offers is looked at. */

const words = (tokens: readonly Token[]): Token[] =>
  tokens.filter(({ image }) => /^[A-Za-z_@](?!")/.test(image));

/** Where names stand that the author makes up. */
function ownNames(file: SourceFile): Set<number> {
  const starts = new Set<number>();
  const { module } = parse(file);
  const naming = new Set(['Field', 'Parameter', 'Feature', 'EnumMember']);
  visit(module, node => {
    const { name, alias } = node as Node & { name?: Node; alias?: Node };
    if (name && (naming.has(node.kind) || module.declarations.includes(node as never)))
      starts.add(name.span.start);
    if (node.kind === 'Join' && alias) starts.add(alias.span.start);
  });
  return starts;
}

for (const name of ['flights/flights.mlp', 'penguins/penguins.mlp'])
  test(`${name}: every word that is no name of the author's own is offered`, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'mlp-nothing-'));
    const text = readFileSync(path.join(root, 'examples', name), 'utf8');
    const file = new SourceFile('main.mlp', text);
    writeFileSync(path.join(folder, 'mlp.json'), '{}');
    writeFileSync(path.join(folder, 'main.mlp'), '');
    const uri = pathToFileURL(path.join(folder, 'main.mlp')).href;
    const own = ownNames(file);
    const workspace = new Workspace();
    const missing: string[] = [];
    let asked = 0;
    for (const { image, startOffset } of words(parse(file).tokens)) {
      if (own.has(startOffset)) continue;
      const before = text.slice(0, startOffset);
      const known = workspace.understand(TextDocument.create(uri, 'mlp', ++asked, before))!;
      const offered = completion(known, before.length).map(({ label }) => label);
      if (!offered.some(label => label === image || (image === '@' && label.startsWith('@'))))
        missing.push(`${before.split('\n').length}: ${image}, offered ${offered.slice(0, 5).join(' ')}`);
    }
    rmSync(folder, { recursive: true, force: true });
    assert.equal(missing, []);
    assert.ok(asked > 80);
  });

test('what the grammar is said to allow is never less than what the parser takes', () => {
  const names = new Set([
    'features',
    'model',
    'deployment',
    'environment',
    'tests',
    'views',
    'library',
    'churn',
  ]);
  let looked = 0;
  for (const fixture of names)
    for (const [path_, text] of Object.entries(
      specsIn(path.join(root, 'test/fixtures/semantics', fixture)),
    )) {
      const { tokens, diagnostics } = parse(new SourceFile(path_, text));
      if (diagnostics.length > 0) continue;
      for (const token of words(tokens)) {
        const before = text.slice(0, token.startOffset);
        // At the margin a declaration begins, which is not asked of the one before it.
        if (before === '' || before.endsWith('\n')) continue;
        const expected = expectedAt(new SourceFile(path_, before), before.length);
        const allowed =
          token.tokenType === At
            ? expected?.annotation
            : expected?.words.includes(token.image) ||
              ((token.tokenType === Identifier || keywordTypes.has(token.image)) &&
                (expected?.names.length ?? 0) > 0);
        looked++;
        assert.ok(allowed || before.endsWith('import '), `${path_}: ${before.slice(-60)}‸${token.image}`);
      }
    }
  assert.ok(looked > 300, `${looked}`);
});

test('a broken item above does not take completion away', () => {
  const text = 'model m {\n  features X\n  train nonsense nonsense\n  ';
  const expected = expectedAt(new SourceFile('a.mlp', text), text.length)!;
  assert.ok(expected.words.includes('evaluate'));
});

test.run();
