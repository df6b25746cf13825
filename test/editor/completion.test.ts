import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CompletionItem, InsertTextFormat } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { completion } from '../../editor/language-server/features/completion.ts';
import { hover } from '../../editor/language-server/features/hover.ts';
import { Workspace } from '../../editor/language-server/workspace.ts';

/** A stranger's spec, written to `‸` and no further: what is offered first must be what one would write there. */
const folder = mkdtempSync(path.join(tmpdir(), 'mlp-completion-'));
for (const [name, text] of Object.entries({
  'mlp.json': '{}',
  'data/rides.csv': '',
  'data/rides.parquet': '',
  'steps/mood.py': '',
  'shared/places.mlp': 'schema Place {\n  station: string @key\n}\n',
})) {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}
test.after(() => rmSync(folder, { recursive: true, force: true }));

const head = `import std.sources { csv }
import std.learn { gradient_boosting }
import std.metrics { auc, log_loss }
import std.notify { slack }

enum UserType { member, casual }

schema Ride {
  ride_id: string @key
  started_at: datetime @event_time
  user: UserType
  station: string
  distance_km: float in 0.0..200.0 @unit("km")
  battery: int in 0..100
  broke: bool @known_after(1d)
}

param horizon: duration = 30d
param least: int = 100
let enough = least * 2

source rides: Ride = csv("data/rides.csv")

features Trip from rides at started_at {
  use battery, user
  hour = hour(started_at)
  label breaks = broke
}

model breakage {
  features Trip
  predict breaks
  evaluate log_loss, auc by user
  promote {
    require auc >= 0.6
  }
}

deployment breakage_api {
  serve breakage
}

`;

let version = 0;
function offered(text: string, file = 'main.mlp'): CompletionItem[] {
  const uri = pathToFileURL(path.join(folder, file)).href;
  const workspace = new Workspace();
  workspace.setFolders([pathToFileURL(folder).href]);
  const known = workspace.understand(TextDocument.create(uri, 'mlp', ++version, text))!;
  return completion(known, text.length);
}

/** What is written, and what must come first. */
const cases: readonly (readonly [string, ...string[]])[] = [
  ['schema Other {\n  ', 'column'],
  ['schema Other {\n', 'column'],
  ['schema Other {\n  x: float in ', '0.0..1.0'],
  ['schema Other {\n  x: int? in ', '0..100'],
  ['schema Other {\n  x: datetime ', 'in', 'matching', '@event_time', '@key'],
  ['schema Other {\n  x: float @unit(', '"s"', '"min"'],
  ['schema Other {\n  x: bool @known_after(', '1h', '6h', '1d'],
  ['param n: duration = ', '1h', '6h', '1d', '7d', '28d', '90d', 'horizon'],
  ['param n: bool = ', 'true', 'false'],
  ['param n: UserType = ', 'member', 'casual'],
  ['source more: Ride = csv(', '"data/rides.csv"', 'path'],
  ['source more: Ride = csv("', 'data/rides.csv'],
  ['source more: Ride = csv("data/rides.csv", header: ', 'true', 'true'],
  ['source more: Ride = parquet("da', 'data/rides.parquet'],
  ['source more: Ride = csv("x.csv") {\n  fresh within ', '10min', '1h', '12h', '1d', '7d', 'horizon'],
  ['source more: Ride = csv("x.csv") {\n  quarantine up to ', '0.1%', '1%', '5%'],
  ['component moods(x: ', 'table'],
  ['component moods(x: table ', 'Ride'],
  ['component moods(x: table Ride) -> table Ride {\n  run python "', 'steps/mood.py'],
  ['validation ok on rides {\n  require share(', 'broke'],
  ['validation ok on rides {\n  require mean(', 'distance_km', 'battery'],
  ['features More from ', 'rides'],
  ['features More from rides at ', 'started_at'],
  [
    'features More from rides at started_at {\n  use battery, ',
    'ride_id',
    'started_at',
    'user',
    'station',
    'distance_km',
  ],
  ['features More from rides at started_at {\n  x = hour(', 'started_at'],
  ['features More from rides at started_at {\n  x = mean(battery over ', '1h', '6h', '1d', '7d'],
  ['features More from rides at started_at {\n  x = weekday(started_at) == ', 'Monday', 'Tuesday'],
  ['features More from rides at started_at {\n  x = weekday(started_at) == Weekday.', 'Monday'],
  ['features More from rides at started_at {\n  x = user == ', 'member', 'casual'],
  ['features More from rides at started_at {\n  y = 1\n  join ', 'rides', 'Trip'],
  ['model m {\n  features Trip\n  split by ', 'started_at'],
  ['model m {\n  features Trip\n  split by started_at { train ', '60%', '70%', '80%'],
  ['model m {\n  features Trip\n  train gradient_boosting(', 'rounds', 'depth'],
  ['model m {\n  features Trip\n  train gradient_boosting(rounds: ', '200', '1', '10_000', 'least', 'enough'],
  ['model m {\n  features Trip\n  predict breaks\n  evaluate auc by ', 'user'],
  ['model m {\n  features Trip\n  predict breaks\n  evaluate log_loss, ', 'auc'],
  ['model m {\n  features Trip\n  predict breaks\n  evaluate brier\n  promote {\n    require ', 'brier'],
  ['policy good(m: ', 'metric'],
  ['policy good(m: metric, floor: float) {\n  require ', 'm', 'floor'],
  ['deployment d {\n  traffic ', '10rps'],
  ['deployment d {\n  replicas ', '2'],
  ['deployment d {\n  rollout canary { ', '1%', '5%'],
  ['deployment d {\n  rollout canary { 5% for ', '30s', '1min'],
  ['monitor w on ', 'breakage_api'],
  ['monitor w on breakage_api {\n  every ', '1h', '6h', '1d'],
  ['monitor w on breakage_api {\n  alert psi(', 'battery', 'user'],
  ['monitor w on breakage_api {\n  notify slack(', 'secret'],
  ['monitor w on breakage_api {\n  notify slack(secret(', '"…"'],
  ['pipeline p {\n  on ', 'schedule', 'new_rows', 'alert'],
  ['pipeline p {\n  on schedule(', '"0 3 * * *"'],
  ['pipeline p {\n  on schedule("', '0 3 * * *'],
  ['pipeline p {\n  on schedule("0 3 * * *", zone: ', '"UTC"'],
  ['pipeline p {\n  on new_rows(', 'rides'],
  ['pipeline p {\n  timeout ', '30s', '1min', '10min', '1h', '6h', '1d', 'horizon'],
  ['pipeline p {\n  retry ', '2 times after 30s'],
  ['test ', '"…"'],
  ['test "a ride" of ', 'Trip', 'breakage', 'breakage_api'],
  ['test "a ride" of Trip {\n  given { user: ', 'member', 'casual'],
  ['test "a ride" of Trip {\n  given { broke: ', 'true', 'false'],
  ['test "a ride" of Trip {\n  given { started_at: ', '2024-01-31T12:00'],
  ['test "a ride" of Trip {\n  given { battery: ', '0', '100'],
  ['import "', './shared/places.mlp'],
];

for (const [text, ...first] of cases)
  test(`offered first behind ${JSON.stringify(text)}`, () => {
    const items = offered(head + text);
    const shown = [...items].sort((a, b) => (a.sortText! < b.sortText! ? -1 : 1));
    const labels = shown.map(({ label }) => label);
    const unlike = first.filter(label => !labels.slice(0, first.length + 1).includes(label));
    assert.is(labels[0], first[0], labels.slice(0, 8).join(' '));
    assert.equal(unlike, [], labels.slice(0, 8).join(' '));
  });

test('nothing is offered that cannot be right', () => {
  const labels = (text: string): string[] => offered(head + text).map(({ label }) => label);
  assert.not(labels('features More from ').includes('enough'), 'a number is no table');
  assert.not(labels('features More from ').includes('More'), 'a view is not made from itself');
  assert.not(labels('schema Other {\n  x: int @').includes('masks'), 'that is said of functions');
  assert.not(labels('schema Other {\n  x: ').includes('Ride'), 'a schema is no type of a column');
  assert.not(labels('pipeline p {\n  timeout ').includes('schedule'));
  assert.not(labels('features More from rides at started_at {\n  x = ').includes('x'));
  assert.not(labels('source more: Ride = csv("').includes('steps/mood.py'));
});

test('a name of another file of the project comes with its import, by the way from this file', () => {
  const find = (text: string, file?: string) => offered(text, file).find(({ label }) => label === 'Place')!;
  const near = find('import std.sources { csv }\nsource s: ');
  assert.is(near.additionalTextEdits![0]!.newText, 'import "./shared/places.mlp" { Place }\n');
  const beside = find('source s: ', 'shared/other.mlp');
  assert.is(beside.additionalTextEdits![0]!.newText, 'import "./places.mlp" { Place }\n');
  const up = find('source s: ', 'other/views.mlp');
  assert.is(up.additionalTextEdits![0]!.newText, 'import "../shared/places.mlp" { Place }\n');
});

test('a path replaces all that is written between the quotation marks; a form is a snippet', () => {
  const text = `${head}source more: Ride = csv("data/ri`;
  const [path_] = offered(text);
  const { range, newText } = path_!.textEdit as { range: { start: unknown; end: unknown }; newText: string };
  const line = text.split('\n').length - 1;
  assert.equal(range.start, { line, character: 'source more: Ride = csv("'.length });
  assert.is(newText, 'data/rides.csv');
  const [bounds] = offered(`${head}schema Other {\n  x: float in `);
  assert.is(bounds!.insertTextFormat, InsertTextFormat.Snippet);
});

test('hover: a column says when it is known where it is declared, too; a head shows all parameters', () => {
  const uri = pathToFileURL(path.join(folder, 'main.mlp')).href;
  const text = `${head}import std.drift { psi }\n`;
  const known = new Workspace().understand(TextDocument.create(uri, 'mlp', ++version, text))!;
  const said = (name: string): string =>
    (hover(known, text.indexOf(name) + 1)!.contents as { value: string }).value;
  assert.match(said('broke: bool'), 'Known 1d after');
  assert.match(said('psi }'), 'bins: int in 2..100');
});

test.run();
