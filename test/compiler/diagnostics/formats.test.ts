import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { allMessages, errorPage, isSpec } from '../../../compiler/diagnostics/registry.ts';
import { renderGithub } from '../../../compiler/diagnostics/render-github.ts';
import { renderJson } from '../../../compiler/diagnostics/render-json.ts';
import { renderSarif } from '../../../compiler/diagnostics/render-sarif.ts';
import { type CompileResult, compile } from '../../../compiler/index.ts';
import { SourceFile } from '../../../compiler/source/text.ts';
import { npmTools } from '../../support/npm-tools.ts';
import { compileText, memoryHost, root } from '../../support/specs.ts';

/** Every fixture and every wrong example: all that can be said. */
const everything: readonly CompileResult[] = [
  ...allMessages().flatMap(({ definition: { explanation } }) =>
    isSpec(explanation.wrong) ? [compileText(explanation.wrong)] : [],
  ),
  ...['syntax', 'semantics', 'flow'].flatMap(phase => {
    const folder = path.join(root, 'test/fixtures', phase);
    return readdirSync(folder).map(name => compileFolder(path.join(folder, name)));
  }),
];

function compileFolder(folder: string): CompileResult {
  const files: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (/\.mlp$|mlp\.json$/.test(name) && statSync(path.join(folder, name)).isFile())
      files[name] = readFileSync(path.join(folder, name), 'utf8');
  const specs = Object.keys(files).filter(name => name.endsWith('.mlp'));
  return compile({ ...memoryHost(files), specFiles: () => specs.sort() });
}

type Json = Record<string, unknown>;
const read = (value: unknown): Json => JSON.parse(JSON.stringify(value));

// --- JSON ---

test('JSON is as its schema says', () => {
  const schema = JSON.parse(readFileSync(path.join(root, 'docs/diagnostics.schema.json'), 'utf8'));
  const validate = new Ajv({ allErrors: true }).compile(schema);
  for (const { diagnostics, suppressed } of everything) {
    const applied = diagnostics.flatMap(diagnostic => diagnostic.fixes.map(fix => ({ diagnostic, fix })));
    const report = read(renderJson(diagnostics, { suppressed, applied }));
    assert.ok(validate(report), JSON.stringify(validate.errors));
  }
  assert.not.ok(validate({ diagnostics: [] }));
});

// --- SARIF ---

const tools = npmTools('sarif', ['@microsoft/jest-sarif@1.0.0-beta.0']);
const schemaFile = tools && path.join(tools, '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const sarif = (result: Pick<CompileResult, 'diagnostics' | 'suppressed'>): Json =>
  read(renderSarif(result.diagnostics, { version: '1.2.3', suppressed: result.suppressed }));

if (schemaFile && existsSync(schemaFile))
  test('SARIF is valid by the official schema of 2.1.0', () => {
    const validate = officialSchema(schemaFile);
    for (const result of everything) {
      const log = sarif(result);
      assert.ok(validate(log), JSON.stringify(validate.errors?.slice(0, 3)));
    }
    // The schema is really looked at.
    assert.not.ok(validate({ ...sarif(everything[0]!), version: '2.0.0' }));
    assert.not.ok(validate({ version: '2.1.0', runs: [{ results: [{}] }] }));
  });

function officialSchema(file: string): ValidateFunction {
  // It is written in draft 4 and says nothing that means something else in draft 7.
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
  assert.not.match(JSON.stringify(schema), /"exclusiveM\w+":(true|false)/);
  const ajv = new Ajv({ strict: false, validateFormats: true, allErrors: true, unicodeRegExp: false });
  ajv.addFormat('uri', text => /^[a-z][a-z0-9+.-]*:[^\s]*$/i.test(text));
  ajv.addFormat('uri-reference', text => /^[^\s<>"{}|\\^`]*$/.test(text) && !/%(?![0-9A-F]{2})/i.test(text));
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT/);
  return ajv.compile(schema);
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly physicalLocation: Place }[];
  readonly relatedLocations?: readonly { readonly physicalLocation: Place }[];
  readonly codeFlows?: readonly {
    readonly threadFlows: readonly {
      readonly locations: readonly {
        readonly location: { readonly physicalLocation: Place; readonly message: { readonly text: string } };
      }[];
    }[];
  }[];
  readonly fixes?: readonly {
    readonly artifactChanges: readonly {
      readonly artifactLocation: { readonly uri: string };
      readonly replacements: readonly {
        readonly deletedRegion: Region;
        readonly insertedContent?: { readonly text: string };
      }[];
    }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions: readonly Json[];
}
interface Place {
  readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
  readonly region: Region;
}
type Region = Readonly<Record<string, number>>;

const runOf = (log: Json) =>
  (
    log['runs'] as readonly {
      readonly results: Result[];
      readonly tool: { readonly driver: { readonly rules: Json[] } };
    }[]
  )[0]!;
const resultsOf = (result: Pick<CompileResult, 'diagnostics' | 'suppressed'>): Result[] =>
  runOf(sarif(result)).results;

test('each result names a rule of the run, with its page and level', () => {
  for (const result of everything) {
    const { results, tool } = runOf(sarif(result));
    for (const one of results) {
      const rule = tool.driver.rules[one.ruleIndex]!;
      assert.is(rule['id'], one.ruleId);
      assert.is(rule['helpUri'], errorPage(one.ruleId));
      assert.match(String(rule['name']), /^[A-Z0-9][A-Za-z0-9]*$/);
    }
    const ids = tool.driver.rules.map(rule => rule['id']);
    assert.equal(ids, [...new Set(ids)]);
  }
});

const SPEC = `import std.sources { csv }
schema Trip {
  at: datetime @event_time
  dépot: string
  place: string
  late: bool @known_after(1d)
}
source trips: Trip = csv("trips.csv")
function told(x: bool) -> bool = not x
features Trips from trips at at {
  use place
  /* 😀 */ soon = told(late)
  label bad = late
}
`.replace('dépot', 'depot');

test('a leak is a path in lines, from what is read to what makes it wrong', () => {
  const found = resultsOf(compileText(SPEC)).find(({ ruleId }) => ruleId === 'MLP4001')!;
  const steps = found.codeFlows![0]!.threadFlows[0]!.locations.map(({ location }) => [
    location.physicalLocation.region['startLine'],
    location.message.text,
  ]);
  assert.is(steps[0]![0], 12);
  assert.ok(steps.length >= 2, JSON.stringify(steps));
  assert.ok(steps.some(([line]) => line === 13));
  assert.is(found.relatedLocations!.length, steps.length - 1);
});

test('columns count UTF-16 units', () => {
  const found = resultsOf(compileText(SPEC)).find(({ ruleId }) => ruleId === 'MLP4001')!;
  const { region } = found.locations[0]!.physicalLocation;
  const line = SPEC.split('\n')[11]!;
  assert.is(region['startColumn'], line.indexOf('late') + 1);
  assert.is(region['endColumn'], line.indexOf('late') + 5);
  assert.is(SPEC.slice(region['charOffset'], region['charOffset']! + region['charLength']!), 'late');
});

test('file names are relative URIs with what they need escaped; the library has a base of its own', () => {
  const name = 'a folder/100%/ü:#?.mlp';
  const results = resultsOf(
    compileText({ [name]: 'import std.metrics { auc }\nlet a = nothing\nlet b = auc(1)\n' }),
  );
  const uris = results.map(({ locations }) => locations[0]!.physicalLocation.artifactLocation);
  for (const { uri, uriBaseId } of uris) {
    assert.is(uri, 'a%20folder/100%25/%C3%BC%3A%23%3F.mlp');
    assert.is(uriBaseId, 'SRCROOT');
    assert.is(decodeURIComponent(uri), name);
  }
  const library = everything
    .flatMap(resultsOf)
    .flatMap(({ relatedLocations }) => relatedLocations ?? [])
    .filter(({ physicalLocation }) => physicalLocation.artifactLocation.uriBaseId !== 'SRCROOT');
  assert.ok(library.length > 0);
  for (const { physicalLocation } of library) {
    assert.is(physicalLocation.artifactLocation.uriBaseId, 'MLPSTDLIB');
    assert.match(physicalLocation.artifactLocation.uri, /^\w+\.mlp$/);
  }
});

const print = ({ partialFingerprints }: Result) => partialFingerprints['mlpFinding/v1'];

test('a finding keeps its fingerprint where lines move, and no two have the same', () => {
  const spec = 'let a = nothing\nlet b = nothing\nlet c = a + nothing + nothing\n';
  const before = resultsOf(compileText(spec)).map(print);
  const moved = resultsOf(compileText(`// more\n\n${spec.replace('let b', '\n  let   b')}`)).map(print);
  assert.is(before.length, 4);
  assert.equal(moved, before);
  assert.is(new Set(before).size, 4);
  assert.not.equal(
    resultsOf(compileText(spec.replace('let a = nothing', 'let a = nothin'))).map(print)[0],
    before[0],
  );
});

test('a fix is what --fix does', () => {
  const spec = 'let a = 1 // 😀\nlet b = 3 in [1, 2]\n';
  const [found] = resultsOf(compileText(spec));
  const [change] = found!.fixes![0]!.artifactChanges;
  const { deletedRegion, insertedContent } = change!.replacements[0]!;
  const { charOffset, charLength } = deletedRegion;
  const text = spec.slice(0, charOffset) + insertedContent!.text + spec.slice(charOffset! + charLength!);
  assert.is(text, 'let a = 1 // 😀\nlet b = 3 in {1, 2}\n');
});

test('what is suppressed is there, with the reason', () => {
  const spec =
    '@suppress("MLP2009", "ours is better")\nfunction lower(text: string) -> string = trim(text)\n';
  const [found, ...others] = resultsOf(compileText(spec));
  assert.equal(others, []);
  assert.equal(found!.suppressions, [
    { kind: 'inSource', status: 'accepted', justification: 'ours is better' },
  ]);
  const files = {
    'main.mlp': spec.slice(spec.indexOf('\n') + 1),
    'mlp.json': '{ "suppress": [{ "code": "MLP2009", "reason": "so what" }] }',
  };
  const project = compile({ ...memoryHost(files), specFiles: () => ['main.mlp'] });
  assert.is(resultsOf(project)[0]!.suppressions[0]!['kind'], 'external');
  assert.equal(resultsOf({ diagnostics: project.diagnostics, suppressed: [] }), []);
});

// --- GitHub ---

const at = (text: string, start: number, end: number, more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: 'MLP2001',
  severity: 'error',
  message: 'it is wrong',
  file: new SourceFile('main.mlp', text),
  span: { start, end },
  labels: [],
  fixes: [],
  ...more,
});

test('GitHub: one line for each, with places and columns', () => {
  const severities = (['error', 'warning', 'info'] as const).map(severity =>
    at('let a = b', 8, 9, { severity }),
  );
  assert.equal(renderGithub(severities).split('\n'), [
    '::error file=main.mlp,line=1,endLine=1,col=9,endColumn=10,title=MLP2001%3A unknown name::it is wrong',
    '::warning file=main.mlp,line=1,endLine=1,col=9,endColumn=10,title=MLP2001%3A unknown name::it is wrong',
    '::notice file=main.mlp,line=1,endLine=1,col=9,endColumn=10,title=MLP2001%3A unknown name::it is wrong',
    '',
  ]);
});

test('GitHub: over several lines there are no columns, as GitHub takes none', () => {
  assert.match(renderGithub([at('a\nb\nc\n', 0, 4)]), /^::error file=main\.mlp,line=1,endLine=2,title=/);
});

test('GitHub: nothing in a name or a message can end it or begin another command', () => {
  const message = '100% of `a`\r\n::error::b';
  const file = new SourceFile('a,b:c%\n::set-env.mlp', 'x');
  const line = renderGithub([at('x', 0, 1, { message, file, hint: 'a\nb' })]);
  assert.is(line.trimEnd().split('\n').length, 1);
  assert.match(line, 'file=a%2Cb%3Ac%25%0A%3A%3Aset-env.mlp,line=1');
  assert.match(line, '::100%25 of `a`%0D%0A::error::b%0Ahint: a%0Ab\n');
  // As the runner reads it.
  const data = line.trimEnd().split('::').slice(2).join('::');
  const plain = data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  assert.ok(plain.startsWith(message));
});

test('GitHub: all that can be said is one line each', () => {
  for (const { diagnostics } of everything)
    assert.is(renderGithub(diagnostics).split('\n').length - 1, diagnostics.length);
});

test.run();
