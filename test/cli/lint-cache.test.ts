import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '../../cli/cache/diagnostics.ts';
import { lintWithCache } from '../../cli/cache/lint.ts';
import { ProjectCache } from '../../cli/cache/project.ts';
import { cacheFile } from '../../cli/cache/store.ts';
import { nodeHost } from '../../cli/host.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { compile } from '../../compiler/index.ts';
import { lintCompiled } from '../../compiler/lint/index.ts';
import { readSettings } from '../../compiler/lint/settings.ts';
import { Random } from '../support/random.ts';
import { temporaryFolder } from './folders.ts';

process.env['XDG_CACHE_HOME'] = temporaryFolder();
const STAMP = 'test';

function lint(root: string, files?: readonly string[]) {
  const host = nodeHost(root);
  const cache = new ProjectCache(root, host, STAMP);
  const settings = readSettings(host);
  const found = lintWithCache(cache, { settings, above: [], ...(files ? { files } : {}) });
  cache.save();
  return found;
}

function write(root: string, texts: ReadonlyMap<string, string>): void {
  for (const [name, text] of texts) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
}

/** What a fresh look at the whole project finds in these files, but for rules that need all of it. */
function fresh(root: string, files: readonly string[]): string[] {
  const host = nodeHost(root);
  const compiled = compile(host);
  const { diagnostics } = lintCompiled(compiled, readSettings(host), false);
  return shown(diagnostics.filter(({ file }) => files.includes(file.path)));
}
/** The compiler's own are held to the same by `cache.test.ts`. */
const ofRules = ({ code }: Diagnostic): boolean => code.startsWith('MLP7');
const shown = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(one => JSON.stringify(pack(one))).sort();

const long = process.env['FUZZ_LONG'] !== undefined;

/** A project without errors in which rules find things: functions, tables, models and who uses them, over several files. */
class CleanProject {
  private readonly random: Random;
  private readonly seeds: number[];
  private readonly validations: (number | undefined)[];
  private readonly timeouts: boolean[];
  private readonly uses: number[];

  constructor(random: Random) {
    this.random = random;
    const each = <T>(make: () => T): T[] => Array.from({ length: 4 }, make);
    this.seeds = each(() => random.int(0, 1));
    this.validations = each(() => (random.chance(0.5) ? random.pick([100, 1_000, 1_000_000]) : undefined));
    this.timeouts = each(() => random.chance(0.5));
    this.uses = each(() => random.int(0, 4));
  }

  edit(): void {
    const i = this.random.int(0, 3);
    const what = this.random.int(0, 3);
    if (what === 0) this.seeds[i] = 1 - this.seeds[i]!;
    if (what === 1) this.validations[i] = this.random.pick([undefined, 100, 1_000, 1_000_000]);
    if (what === 2) this.timeouts[i] = !this.timeouts[i];
    if (what === 3) this.uses[i] = this.random.int(0, 4);
  }

  texts(): Map<string, string> {
    const texts = new Map<string, string>();
    for (let i = 0; i < 4; i++) {
      const used = this.uses[i]!;
      texts.set(`lib${i}.mlp`, `function busy${i}(x: int) -> bool = x > ${i}\n`);
      texts.set(
        `tables/t${i}.mlp`,
        `import std.sources { csv }\nschema T${i} { day: datetime @event_time  n: int in 0..9  ok: bool @known_after(1d) }\nsource rows${i}: T${i} = csv("t.csv")\n`,
      );
      const rows = this.validations[i];
      if (rows !== undefined)
        texts.set(
          `sound${i}.mlp`,
          `import "./tables/t${i}.mlp" { rows${i} }\nvalidation sound${i} on rows${i} { require count() >= ${rows} }\n`,
        );
      const busy = used < 4 ? `import "./lib${used}.mlp" { busy${used} }\n` : '';
      texts.set(
        `model${i}.mlp`,
        `import std.learn { gradient_boosting, logistic_regression }
import std.metrics { auc }
import "./tables/t${i}.mlp" { rows${i} }
${busy}metric own${i} for binary in 0.0..1.0 higher is better { run python "m.py:f" }
features V${i} from rows${i} at day { use n ${used < 4 ? `  b = busy${used}(n)` : ''}  label good${i} = ok }
model m${i} {
  features V${i}
  predict good${i}
  split by day { train 70%  validation 15%  test 15% }
  train gradient_boosting()
  baseline logistic_regression()
  ${this.seeds[i] ? 'seed 1' : ''}
  evaluate auc, own${i}
  promote { require auc >= (champion.auc ?? 0.7) - 0.01  require auc > baseline.auc  require own${i} >= 0.1 }
}
`,
      );
      texts.set(
        `run${i}.mlp`,
        `import "./model${i}.mlp" { m${i} }\npipeline p${i} { run m${i}  on request ${this.timeouts[i] ? 'timeout 1h' : ''} }\n`,
      );
    }
    return texts;
  }
}

test('after random edits, linting some files from the cache finds what a fresh look finds there', () => {
  const { seed } = new Random();
  console.log(`seed ${seed}`);
  const end = performance.now() + (long ? 600_000 : 3000);
  let hits = 0;
  const told = new Set<string>();
  // On a busy machine, as long as it takes to have seen everything.
  const going = (): boolean =>
    performance.now() < end || (performance.now() < end + 120_000 && (hits <= 3 || told.size < 5));
  for (let n = 0; going(); n++) {
    const random = new Random(seed + n);
    const project = new CleanProject(random);
    const root = temporaryFolder();
    let before = new Map<string, string>();
    for (let step = 0; step < 12 && going(); step++) {
      const texts = project.texts();
      for (const name of before.keys()) if (!texts.has(name)) rmSync(path.join(root, name));
      write(root, texts);
      before = texts;
      const asked = [...texts.keys()].filter(() => random.chance(0.2));
      const { diagnostics, files, compiled } = lint(root, asked);
      const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
      assert.equal(errors, [], 'the project is right');
      const place = `seed ${seed + n}, step ${step}, ${asked.join(' ')}`;
      const found = diagnostics.filter(ofRules);
      assert.equal(shown(found), fresh(root, files), place);
      hits += files.length - compiled;
      for (const { code } of found) told.add(code);
      project.edit();
    }
    rmSync(root, { recursive: true });
  }
  assert.ok(hits > 3, 'something was taken from the cache');
  assert.equal([...told].sort(), ['MLP7101', 'MLP7111', 'MLP7121', 'MLP7144', 'MLP7151']);
});

const texts = new Map([
  ['lib.mlp', 'function busy(x: int) -> bool = x > 3\n'],
  ['use.mlp', 'import "./lib.mlp" { busy }\nlet _b = busy(4)\n'],
  ['other.mlp', 'let _a = 1\n'],
]);

test('a declaration is unused as soon as its last user is gone, and used with a new one', () => {
  const root = temporaryFolder();
  write(root, texts);
  const told = () => lint(root, ['lib.mlp']).diagnostics.map(({ code }) => code);
  assert.equal(told(), []);
  rmSync(path.join(root, 'use.mlp'));
  assert.equal(told(), ['MLP7101']);
  write(root, texts);
  assert.equal(told(), []);
});

test('a second look compiles nothing; other settings look again; damage is no error', () => {
  const root = temporaryFolder();
  write(root, texts);
  assert.is(lint(root).compiled, 3);
  assert.is(lint(root).compiled, 0);
  assert.is(lint(root, ['other.mlp']).compiled, 1);
  assert.is(lint(root, ['other.mlp']).compiled, 0);
  write(root, new Map([['mlp.json', '{ "lint": { "rules": { "missing-seed": "off" } } }']]));
  assert.is(lint(root).compiled, 3);
  for (const damage of ['', '{', '[]', '{"build":"test","files":{},"entries":3}']) {
    writeFileSync(cacheFile(root)!, damage);
    assert.equal(lint(root).diagnostics, []);
  }
});

test.run();
