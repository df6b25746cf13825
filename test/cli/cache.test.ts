import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkWithCache } from '../../cli/cache/check.ts';
import { pack } from '../../cli/cache/diagnostics.ts';
import { ProjectCache } from '../../cli/cache/project.ts';
import { cacheFile } from '../../cli/cache/store.ts';
import { nodeHost } from '../../cli/host.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { compile } from '../../compiler/index.ts';
import { Random } from '../support/random.ts';
import { GatedProject } from './cache-gates.ts';
import { RandomProject } from './cache-projects.ts';
import { temporaryFolder } from './folders.ts';

process.env['XDG_CACHE_HOME'] = temporaryFolder();
const STAMP = 'test';
const open = (root: string): ProjectCache => new ProjectCache(root, nodeHost(root), STAMP);

function writeAll(root: string, texts: ReadonlyMap<string, string>): void {
  for (const [name, text] of texts) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
}

function check(root: string, files?: readonly string[]) {
  const cache = open(root);
  const checked = checkWithCache(cache, files);
  cache.save();
  return checked;
}

const shown = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(diagnostic => JSON.stringify(pack(diagnostic))).sort();

const long = process.env['FUZZ_LONG'] !== undefined;

interface Edited {
  texts(): Map<string, string>;
  edit(): void;
}

/**
 * Holds checks of some files from the cache to fresh ones of the whole, over projects that are edited step by step.
 * @param asked the share of the files that a check is asked for.
 */
function holdEdits(asked: number, newProject: (random: Random) => Edited): void {
  const { seed } = new Random();
  console.log(`seed ${seed}`);
  const end = performance.now() + (long ? Number(process.env['FUZZ_MS'] ?? 600_000) : 3000);
  let hits = 0;
  let found = 0;
  // On a busy machine, as long as it takes to have seen something.
  const going = (): boolean =>
    performance.now() < end || (performance.now() < end + 120_000 && (hits <= 5 || found <= 5));
  for (let n = 0; going(); n++) {
    const random = new Random(seed + n);
    const project = newProject(random);
    const root = temporaryFolder();
    let before = new Map<string, string>();
    // Who works on a project asks for the same files again and again.
    const mine = [...project.texts().keys()].filter(() => random.chance(asked));
    for (let step = 0; step < 12 && going(); step++) {
      const texts = project.texts();
      for (const name of before.keys()) if (!texts.has(name)) rmSync(path.join(root, name));
      writeAll(root, texts);
      before = texts;
      const names = [...texts.keys()];
      const others = random.chance(0.3) ? names.filter(() => random.chance(asked)) : mine;
      const some = random.chance(0.1) ? undefined : others.filter(name => texts.has(name));
      const { diagnostics, files, compiled } = check(root, some);
      const fresh = compile(nodeHost(root)).diagnostics.filter(({ file }) => files.includes(file.path));
      const place = `seed ${seed + n}, step ${step}, ${some?.join(' ')}`;
      assert.equal(shown(diagnostics), shown(fresh), place);
      hits += files.length - compiled;
      found += diagnostics.length;
      project.edit();
    }
    rmSync(root, { recursive: true });
  }
  assert.ok(hits > 5, 'something was taken from the cache');
  assert.ok(found > 5, 'something was wrong with the specs');
}

test('after random edits, a check from the cache finds what a fresh one finds', () => {
  holdEdits(0.4, random => new RandomProject(random, random.int(3, 8)));
});

test('so it does where gates, policies and pipelines are judged by files that they do not know', () => {
  holdEdits(0.05, random => new GatedProject(random));
});

const files = new Map([
  ['schemas.mlp', 'schema S { at: datetime @event_time  n: int in 0..9 }\n'],
  [
    'sources.mlp',
    'import std.sources { csv }\nimport "./schemas.mlp" { S }\nsource rows: S = csv("rows.csv")\n',
  ],
  ['views.mlp', 'import "./sources.mlp" { rows }\nfeatures V from rows at at {\n  x = n + 1\n}\n'],
  ['other.mlp', 'let a = 1\n'],
]);

function small(): string {
  const root = temporaryFolder();
  writeAll(root, files);
  return root;
}

test('what depends on a file is looked at with it, and nothing else', () => {
  const root = small();
  assert.equal(check(root, ['schemas.mlp']).files, ['schemas.mlp', 'sources.mlp', 'views.mlp']);
  assert.equal(check(root, ['views.mlp']), {
    diagnostics: [],
    suppressed: [],
    files: ['views.mlp'],
    compiled: 0,
  });
  assert.equal(check(root, ['other.mlp']).files, ['other.mlp']);
  writeFileSync(path.join(root, 'schemas.mlp'), 'schema S { at: datetime @event_time  m: int }\n');
  const { diagnostics } = check(root, ['schemas.mlp']);
  assert.equal(
    diagnostics.map(({ file, code }) => `${file.path} ${code}`),
    ['views.mlp MLP2001'],
  );
});

test('what is said of a policy depends on who uses it', () => {
  const root = small();
  const told = () => check(root, ['policy.mlp']).diagnostics.map(({ code, file }) => `${file.path} ${code}`);
  const use = 'import "./policy.mlp" { enough }\nvalidation sound on rows { policy enough(3) }\n';
  writeAll(
    root,
    new Map([
      ['policy.mlp', 'policy enough(x: int) { require mean(m) > x }\n'],
      ['gate.mlp', use],
    ]),
  );
  assert.equal(told(), ['policy.mlp MLP2001']);
  writeAll(root, new Map([['schemas.mlp', files.get('schemas.mlp')!.replace('n: int', 'm: int')]]));
  assert.equal(told(), []);
});

test('a validation is judged with who reads its table, not with the whole project', () => {
  const root = small();
  const guard = 'import "./sources.mlp" { rows }\nvalidation sound on rows { require count() >= 3 }\n';
  const model =
    'import "./views.mlp" { V }\nimport std.learn { kmeans }\nmodel m { features V  train kmeans(clusters: 2)  seed 1 }\n';
  const unread = 'import "./sources.mlp" { S }\nlet wrong = 1 + true\n';
  const told = (asked?: string[]) =>
    check(root, asked)
      .diagnostics.filter(({ file }) => file.path === 'guard.mlp')
      .map(({ code }) => code);
  writeAll(
    root,
    new Map([
      ['guard.mlp', guard],
      ['model.mlp', model],
      ['wrong.mlp', unread],
    ]),
  );
  const context = [...open(root).graph.context('guard.mlp')].sort();
  assert.equal(context, ['guard.mlp', 'schemas.mlp', 'sources.mlp', 'views.mlp']);
  assert.equal(told(['guard.mlp']), []);
  // Nothing reads it any more, and what is wrong elsewhere does not change that.
  writeAll(root, new Map([['views.mlp', 'let nothing = 1\n']]));
  assert.equal(told(['guard.mlp']), ['MLP5203']);
  assert.equal(told(), ['MLP5203']);
  // It may be read by what is broken.
  writeAll(root, new Map([['views.mlp', 'feature V from rows at at { x = n }\n']]));
  assert.equal(told(['guard.mlp']), []);
  // Where there is no model, data may be looked at for its own sake; that a file came or went is seen.
  writeAll(root, new Map([['views.mlp', 'let nothing = 1\n']]));
  rmSync(path.join(root, 'model.mlp'));
  assert.equal(told(['guard.mlp']), []);
});

test('a deleted file is seen by those that import it', () => {
  const root = small();
  check(root);
  rmSync(path.join(root, 'schemas.mlp'));
  const { diagnostics } = check(root, ['schemas.mlp']);
  assert.equal(
    diagnostics.filter(({ code }) => code === 'MLP2004').map(({ file }) => file.path),
    ['sources.mlp'],
  );
});

test('files that are as they were are not read', async () => {
  const root = small();
  check(root);
  // What changed in the last two seconds might change again without its times telling so.
  await sleep(2100);
  check(root);
  assert.is(open(root).read, 0);
  writeFileSync(path.join(root, 'other.mlp'), 'let a = 2\n');
  assert.is(open(root).read, 1);
  const file = path.join(root, 'other.mlp');
  const { mtime } = statSync(file);
  writeFileSync(file, 'let a = 3\n');
  utimesSync(file, mtime, mtime);
  assert.is(open(root).read, 1, 'a file put back in time is still another one');
});

test('another build, a damaged document and no folder at all are as good as an empty cache', () => {
  const root = small();
  check(root);
  assert.is(check(root, ['views.mlp']).compiled, 0);
  const other = new ProjectCache(root, nodeHost(root), 'other');
  assert.is(checkWithCache(other, ['views.mlp']).compiled, 1);
  for (const damage of ['', '{', '[]', 'null', '{"build":"test"}']) {
    writeFileSync(cacheFile(root)!, damage);
    assert.is(check(root, ['views.mlp']).compiled, 1);
  }
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = path.join(root, 'other.mlp');
  assert.is(check(root, ['views.mlp']).compiled, 1);
  process.env['XDG_CACHE_HOME'] = before;
});

test('settings of the project are part of the key', () => {
  const root = small();
  check(root);
  writeFileSync(path.join(root, 'mlp.json'), '{ "supress": [] }');
  const { diagnostics, compiled } = check(root, ['other.mlp']);
  assert.is(compiled, 1);
  assert.equal(
    diagnostics.map(({ code }) => code),
    ['MLP6006'],
  );
});

test.run();
