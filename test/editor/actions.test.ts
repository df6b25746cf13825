import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CodeAction, Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { format } from '../../compiler/format/index.ts';
import { lint } from '../../compiler/lint/index.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import { organised } from '../../editor/language-server/features/organise.ts';
import { memoryHost } from '../support/specs.ts';
import { Client } from './client.ts';

const data = `import std.sources { csv }

schema Visit {
  day: datetime @event_time
  site: string
  pages: int in 0..1000
  bought: bool @known_after(1d)
}

source visits: Visit = csv("visits.csv")
`;
const model = `import "./data.mlp" { visits }
import std.learn { gradient_boosting }
import std.metrics { auc }

features Interest from visits at day {
  use site, pages
  label buys = bought
}

model buyers {
  features Interest
  predict buys
  split by day { train 70%  test 30% }
  train gradient_boosting(rounds: 50)
  evaluate auc
}
`;
const config = `{
  "lint": { "rules": { "missing-seed": "error", "missing-test": "off" }, "locked": ["missing-validation"] }
}
`;

const told = (client: Client, name: string): string[] =>
  (client.diagnostics.get(client.uri(name)) ?? []).map(
    ({ code, severity, range }) => `${range.start.line + 1} ${code} ${severity}`,
  );
const severities = { error: 1, warning: 2, info: 3 } as const;
/** What \`mlp lint\` says of the same texts. */
const linted = (client: Client, name: string): string[] =>
  lint(memoryHost({ ...client.texts, 'mlp.json': config }))
    .diagnostics.filter(({ file }) => file.path === name)
    .map(
      ({ code, severity, file, span }) => `${file.position(span.start).line} ${code} ${severities[severity]}`,
    );

async function withClient(use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ 'mlp.json': config, 'data.mlp': data, 'model.mlp': model });
  delete (client.texts as Record<string, string>)['mlp.json'];
  try {
    await client.start();
    await use(client);
  } finally {
    await client.close();
  }
}

const applied = (text: string, { edit }: CodeAction, uri: string): string =>
  TextDocument.applyEdits(TextDocument.create('x', 'mlp', 1, text), edit!.changes![uri]!);

test('an editor is told what mlp lint says, with the severity that mlp.json gives it', () =>
  withClient(async client => {
    await client.until('model.mlp', found => found.some(one => one.code === 'MLP7111'));
    assert.equal(told(client, 'model.mlp').sort(), linted(client, 'model.mlp').sort());
    assert.ok(told(client, 'model.mlp').includes('10 MLP7111 1'), 'the seed is an error here');
    // Typing above moves what is said below, and takes nothing away in between.
    const seen: number[] = [];
    client.connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }: PublishDiagnosticsParams) => {
        client.diagnostics.set(uri, diagnostics);
        if (uri === client.uri('model.mlp'))
          seen.push(diagnostics.filter(one => one.code === 'MLP7111').length);
      },
    );
    const text = client.texts['model.mlp']!.replace(
      'features Interest from',
      '// Why?\nfeatures Interest from',
    );
    await client.change('model.mlp', text);
    await client.until('model.mlp', () => told(client, 'model.mlp').includes('11 MLP7111 1'));
    assert.ok(seen.length > 0 && seen.every(count => count === 1), `${seen}`);
    // Another file decides whether a declaration is used.
    await client.change('model.mlp', text.replaceAll('visits', 'visit_rows'));
    await client.until('data.mlp', found => found.some(one => one.code === 'MLP7101'));
    await client.change('model.mlp', text);
    await client.until('data.mlp', found => !found.some(one => one.code === 'MLP7101'));
  }));

test('a finding is suppressed by a comment that asks for its reason, unless its rule is locked', () =>
  withClient(async client => {
    await client.until('model.mlp', found => found.some(one => one.code === 'MLP7111'));
    const text = client.texts['model.mlp']!;
    const uri = client.uri('model.mlp');
    const actionsFor = (found: Diagnostic): Promise<CodeAction[]> =>
      client.askFile('textDocument/codeAction', 'model.mlp', {
        range: found.range,
        context: { diagnostics: [found] },
      });
    const all = client.diagnostics.get(uri)!;
    const allows = (actions: readonly CodeAction[]) =>
      actions.find(({ title }) => /^Allow MLP7111 here/.test(title));
    const action = allows(await actionsFor(all.find(one => one.code === 'MLP7111')!))!;
    const changed = applied(text, action, uri);
    assert.match(changed, '// mlp-allow MLP7111: \n');
    await client.change('model.mlp', changed);
    await client.until('model.mlp', found => found.some(one => one.code === 'MLP7001' && one.severity === 1));
    await client.change('model.mlp', changed.replace('MLP7111: ', 'MLP7111: the trainer draws nothing'));
    await client.until('model.mlp', found => !found.some(one => /^MLP7(111|001)/.test(String(one.code))));
    const locked = client.diagnostics.get(uri)!.find(one => one.code === 'MLP7121')!;
    assert.ok(locked, 'it reads what nothing validates');
    assert.equal(
      (await actionsFor(locked)).filter(({ title }) => title.startsWith('Allow MLP7121')),
      [],
    );
  }));

const order = (text: string, unused: readonly string[] = []): string | undefined =>
  organised(
    new SourceFile('a.mlp', text),
    new Set(unused.map(name => text.search(new RegExp(`\\b${name}\\b`)))),
  );

test('organise imports: one import a path, the library first, names in order, none unused', () => {
  const before = `// The file.
import "./b.mlp" { z, a }
import std.metrics { log_loss }
import "@acme/features/customers" { Customer }

// For the gate.
import std.metrics { auc, log_loss } // and the report
import std.learn { gradient_boosting }
import "./a.mlp" { b as c }

model m {
}
import "./b.mlp" { m }
let x = 1
`;
  const after = `// The file.
import std.learn { gradient_boosting }
// For the gate.
import std.metrics { auc, log_loss } // and the report
import "@acme/features/customers" { Customer }
import "./a.mlp" { b as c }
import "./b.mlp" { a, m }

model m {
}
let x = 1
`;
  const result = order(before, ['z'])!;
  assert.is(result, after);
  assert.is(order(result), undefined, 'it is in order now');
});

test('organise imports leaves alone what it cannot move, and lays out as the formatter does', () => {
  assert.is(order('import std.learn { constant } import std.metrics { auc }\n'), undefined);
  assert.is(order('import std.learn { constant\n'), undefined);
  const kept =
    'import std.metrics {\n  // the first\n  log_loss,\n  auc,\n}\nimport std.learn { constant }\n';
  assert.match(
    order(kept)!,
    /^import std.learn { constant }\nimport std.metrics \{\n {2}\/\/ the first\n {2}log_loss/,
  );
  const names = Array.from({ length: 20 }, (_, i) => `a_long_name_${i}`).join(', ');
  const long = order(`import "./b.mlp" { zero }\nimport "./a.mlp" { ${names} }\nlet x = 1\n`)!;
  const file = new SourceFile('a.mlp', long);
  assert.equal(format(file), { text: `${long.replace('}\nlet', '}\n\nlet')}` });
});

test.run();
