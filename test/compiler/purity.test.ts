import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const compiler = path.join(import.meta.dirname, '../../compiler');
const sources = readdirSync(compiler, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.includes('generated'))
  .map(file => ({ file, text: readFileSync(path.join(compiler, file), 'utf8') }));

const banned: readonly [RegExp, string][] = [
  [
    /from ['"](node:)?(fs|fs\/promises|child_process|net|http|https|os|worker_threads|process)['"]/,
    'a module of the outer world',
  ],
  [/\bprocess\.(env|cwd|exit|argv|stdout|stderr|hrtime)/, 'the process'],
  [/\bconsole\./, 'the console'],
  [/\bDate\.now\(|new Date\(\)|performance\.now\(/, 'the clock'],
  [/\bMath\.random\(/, 'chance'],
  [/from ['"](\.\.\/)+(runtime|cli)\//, 'a folder that stands behind the plan'],
];

/** Text without comments and strings of documentation, so that prose may name what code may not. */
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

test('the compiler names no file system, process, network, console, clock or chance', () => {
  assert.ok(sources.length > 20, 'the compiler was found');
  const found = sources.flatMap(({ file, text }) =>
    banned.filter(([pattern]) => pattern.test(code(text))).map(([, what]) => `${file}: ${what}`),
  );
  assert.equal(found, []);
});

test('the ban speaks', () => {
  assert.ok(
    banned.every(([pattern], i) =>
      pattern.test(
        [
          "from 'node:fs'",
          'process.env',
          'console.log',
          'Date.now()',
          'Math.random()',
          "from '../../runtime/x.ts'",
        ][i]!,
      ),
    ),
  );
});

test.run();
