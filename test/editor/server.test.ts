import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  CodeAction,
  CompletionItem,
  Diagnostic,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InitializeResult,
  InlayHint,
  Location,
  SelectionRange,
  SemanticTokens,
  SignatureHelp,
  SymbolInformation,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Client } from './client.ts';

const schemas = `import std.sources { csv }

enum Plan { free, ‸member‸team }

/// One visit.
schema Visit {
  day: datetime @event_time
  site: string
  plan: Plan
  /// Pages that were read.
  pages‸column‸: int in 0..1000 @unit("pages")
  bought: bool @known_after(1d)
}

source visits: Visit = csv("visits.csv")
`;
const main = `import "./schemas.mlp" { visits, Plan }
import std.learn { gradient_boosting }
import std.metrics { auc }

// The view.
// It has features.
features Daily from visits at day {
  many = pa‸use‸ges > 10
  usual‸feature‸ = mean(‸call‸pages over 7d by site)
  paying = plan == ‸enum‸Plan.team
  label ‸label‸bought_any = bought
}

model buyer {
  features Daily
  predict bought_any
  split by day { train 70%  test 30% }
  train gradient_boosting(rounds: 100, ‸argument‸)
  seed 1
  evaluate ‸metric‸auc
}

features Other from visits {
  ‸item‸
}
`;

let client: Client;
let told: InitializeResult;
test.before(async () => {
  client = new Client({ 'schemas.mlp': schemas, 'main.mlp': main });
  told = (await client.start()) as InitializeResult;
});
test.after(() => client.close());

const labels = (items: readonly CompletionItem[]): string[] => items.map(item => item.label);
const textOf = ({ message }: Diagnostic): string => (typeof message === 'string' ? message : message.value);
const place = ({ uri, range }: Location): string =>
  `${uri.split('/').pop()}:${range.start.line + 1}:${range.start.character + 1}`;

test('it says who it is', () => {
  assert.is(told.serverInfo?.name, 'mlp');
  assert.ok(told.serverInfo?.version);
});

test('diagnostics come with code, hint and related places, and go when the text is mended', async () => {
  const text = client.texts['main.mlp']!;
  await client.change('main.mlp', text.replace('many = pages', 'many = pagse'));
  await client.until('main.mlp', found => found.some(d => /pagse/.test(textOf(d))));
  const misspelt = client.diagnostics.get(client.uri('main.mlp'))!.find(d => /pagse/.test(textOf(d)))!;
  assert.equal(misspelt.range.start, { line: 7, character: 9 });
  assert.is(misspelt.source, 'mlp');
  const actions = await client.askFile<CodeAction[]>('textDocument/codeAction', 'main.mlp', {
    range: misspelt.range,
    context: { diagnostics: [misspelt] },
  });
  const fix = actions.find(action => /pages/.test(action.title))!;
  assert.ok(fix.isPreferred);
  const edits = fix.edit!.changes![client.uri('main.mlp')]!;
  const document = TextDocument.create('x', 'mlp', 1, client.texts['main.mlp']!);
  assert.is(TextDocument.applyEdits(document, edits), text);
  await client.change('main.mlp', text);
  await client.until('main.mlp', found => !found.some(d => /pagse/.test(textOf(d))));
});

test('a leak is told with the places of its path', async () => {
  const text = client.texts['main.mlp']!;
  await client.change('main.mlp', text.replace('pages > 10', 'bought'));
  await client.until('main.mlp', found =>
    found.some(d => d.code === 'MLP4001' && d.relatedInformation!.length > 0),
  );
  await client.change('main.mlp', text);
  await client.until('main.mlp', found => !found.some(d => d.code === 'MLP4001'));
});

test('hover: type with range and unit, documentation, what it derives from', async () => {
  const column = await client.ask<Hover>('textDocument/hover', 'use');
  const said = (column.contents as { value: string }).value;
  assert.match(said, 'pages: int in 0..1000 @unit("pages")');
  assert.match(said, 'Pages that were read.');
  const feature = await client.ask<Hover>('textDocument/hover', 'feature');
  assert.match((feature.contents as { value: string }).value, 'Derives from `visits.pages`');
  const label = await client.ask<Hover>('textDocument/hover', 'label');
  assert.match((label.contents as { value: string }).value, 'Known 1d after');
});

test('definition goes over files, and into the library', async () => {
  assert.is(place(await client.ask<Location>('textDocument/definition', 'use')), 'schemas.mlp:11:3');
  const library = await client.ask<Location>('textDocument/definition', 'metric');
  assert.match(library.uri, 'metrics.mlp');
});

test('references and rename reach every file, and the result still checks', async () => {
  const found = await client.ask<Location[]>('textDocument/references', 'column', {
    context: { includeDeclaration: true },
  });
  assert.equal(found.map(place).sort(), ['main.mlp:8:10', 'main.mlp:9:16', 'schemas.mlp:11:3']);
  const edit = await client.ask<WorkspaceEdit>('textDocument/rename', 'use', { newName: 'clicks' });
  const apply = (name: string) => {
    const document = TextDocument.create('x', 'mlp', 1, client.texts[name]!);
    return TextDocument.applyEdits(document, edit.changes![client.uri(name)] as TextEdit[]);
  };
  const before = { ...client.texts };
  await client.change('schemas.mlp', apply('schemas.mlp'));
  await client.change('main.mlp', apply('main.mlp'));
  await client.until('main.mlp', found => found.every(d => !/pages|clicks/.test(textOf(d))));
  assert.match(client.texts['main.mlp']!, 'mean(clicks over 7d by site)');
  for (const name of ['schemas.mlp', 'main.mlp']) await client.change(name, before[name]!);
});

test('a word of the library is not renamed, and it says why', async () => {
  try {
    await client.ask('textDocument/rename', 'metric', { newName: 'x' });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, 'standard library');
  }
});

test('completion knows the place', async () => {
  const at = async (mark: string) =>
    labels(await client.ask<CompletionItem[]>('textDocument/completion', mark));
  assert.equal((await at('item')).slice(0, 3), ['key', 'join', 'use']);
  assert.ok((await at('use')).includes('pages'));
  assert.equal((await at('enum')).slice(0, 2), ['free', 'team']);
  assert.ok((await at('argument')).includes('depth'));
  const metrics = await at('metric');
  assert.ok(metrics.includes('auc') && metrics.includes('log_loss'));
  assert.not(metrics.includes('rmse'), 'a metric of another task');
});

test('completion brings the import along', async () => {
  const items = await client.ask<CompletionItem[]>('textDocument/completion', 'metric');
  const loss = items.find(item => item.label === 'log_loss')!;
  assert.equal(loss.additionalTextEdits![0]!.newText, ', log_loss');
});

test('signature help shows the parameters with ranges and defaults', async () => {
  const help = await client.ask<SignatureHelp>('textDocument/signatureHelp', 'argument');
  assert.match(help.signatures[0]!.label, /gradient_boosting\(rounds: int in /);
});

test('symbols of the document and the workspace', async () => {
  const symbols = await client.askFile<DocumentSymbol[]>('textDocument/documentSymbol', 'main.mlp');
  assert.equal(
    symbols.map(s => s.name),
    ['Daily', 'buyer', 'Other'],
  );
  assert.equal(
    symbols[0]!.children!.map(s => s.name),
    ['many', 'usual', 'paying', 'bought_any'],
  );
  const found = await client.connection.sendRequest<SymbolInformation[]>('workspace/symbol', {
    query: 'vis',
  });
  assert.equal(found.map(s => s.name).sort(), ['Visit', 'visits']);
});

test('semantic tokens, inlay hints, folding, lenses', async () => {
  const tokens = await client.askFile<SemanticTokens>('textDocument/semanticTokens/full', 'main.mlp');
  assert.ok(tokens.data.length > 50 && tokens.data.length % 5 === 0);
  const range = { start: { line: 0, character: 0 }, end: { line: 40, character: 0 } };
  const hints = await client.askFile<InlayHint[]>('textDocument/inlayHint', 'main.mlp', { range });
  assert.ok(hints.some(hint => hint.label === ': bool'));
  assert.ok(hints.some(hint => String(hint.label).startsWith('known 1d after')));
  const folds = await client.askFile<FoldingRange[]>('textDocument/foldingRange', 'main.mlp');
  assert.ok(folds.some(fold => fold.kind === 'comment') && folds.some(fold => fold.kind === 'imports'));
  const lenses = await client.askFile<{ command: { title: string } }[]>('textDocument/codeLens', 'main.mlp');
  assert.equal(
    lenses.map(lens => lens.command.title),
    ['run buyer'],
  );
});

test('a selection grows from the word to the call, the feature, the view and the file', async () => {
  const positions = [client.marks.get('call')!.position];
  const [found] = await client.askFile<SelectionRange[]>('textDocument/selectionRange', 'main.mlp', {
    positions,
  });
  const document = TextDocument.create('x', 'mlp', 1, client.texts['main.mlp']!);
  const texts: string[] = [];
  for (let range = found; range !== undefined; range = range.parent)
    texts.push(document.getText(range.range));
  assert.is(texts[0], 'pages');
  assert.ok(texts.includes('mean(pages over 7d by site)'));
  assert.ok(texts.includes('usual = mean(pages over 7d by site)'));
  assert.is(texts.at(-1), document.getText());
  for (const [k, text] of texts.entries())
    assert.ok(k === 0 || (text.length > texts[k - 1]!.length && text.includes(texts[k - 1]!)), text);
  assert.ok(texts.some(text => text.startsWith('features Daily') && text.endsWith('}')));
});

test('formatting gives small edits, of the whole or of a range', async () => {
  const text = client.texts['main.mlp']!.replace('usual = mean', 'usual   =   mean').replace(
    'seed 1',
    'seed   1',
  );
  await client.change('main.mlp', text);
  const document = TextDocument.create('x', 'mlp', 1, text);
  const ask = (method: string, more: object): Promise<TextEdit[]> =>
    client.askFile<TextEdit[]>(`textDocument/${method}`, 'main.mlp', { options: {}, ...more });
  const whole = TextDocument.applyEdits(document, await ask('formatting', {}));
  assert.ok(whole.includes('usual = mean') && whole.includes('seed 1'));
  const start = document.positionAt(text.indexOf('usual'));
  const range = { start, end: { line: start.line, character: start.character + 5 } };
  const part = TextDocument.applyEdits(document, await ask('rangeFormatting', { range }));
  assert.ok(part.includes('usual = mean') && part.includes('seed   1'));
});

test.run();
