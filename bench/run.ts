/**
 * `npm run bench [part …]`: measures side by side and prints ratios. Parts: compiler, data, features, rerun, learn, format, hook, editor, serve. `--json` prints
 * the results as JSON. Exit code 1 if a stated target is missed.
 */
import type { BenchResult } from './result.ts';

const parts: Readonly<Record<string, () => Promise<{ run(): Promise<readonly BenchResult[]> }>>> = {
  compiler: () => import('./compiler/index.ts'),
  data: () => import('./data/index.ts'),
  features: () => import('./features/index.ts'),
  rerun: () => import('./rerun/index.ts'),
  learn: () => import('./learn/index.ts'),
  format: () => import('./format/index.ts'),
  lint: () => import('./lint/index.ts'),
  hook: () => import('./hook/index.ts'),
  editor: () => import('./editor/index.ts'),
  serve: () => import('./serve/index.ts'),
};

const asked = process.argv.slice(2).filter(a => !a.startsWith('--'));
const unknown = asked.find(a => !(a in parts));
if (unknown) {
  console.error(`there is no part ${unknown}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

const number = (n: number): string => (Math.abs(n) >= 100 ? n.toFixed(0) : n.toPrecision(3));

function line(r: BenchResult): string {
  const theirs = r.theirs === undefined ? '' : `  theirs ${number(r.theirs)} ${r.unit}`;
  const ratio = r.ratio === undefined ? '' : `  ratio ${r.ratio.toFixed(2)}`;
  const target = r.target === undefined ? '' : `  (${r.target}: ${r.ok ? 'met' : 'MISSED'})`;
  const note = r.note === undefined ? '' : `\n      ${r.note}`;
  return `  ${r.name}: ${number(r.ours)} ${r.unit}${theirs}${ratio}${target}${note}`;
}

const all: BenchResult[] = [];
const json = process.argv.includes('--json');
for (const [name, load] of Object.entries(parts)) {
  if (asked.length && !asked.includes(name)) continue;
  if (!json) console.log(`\n${name}`);
  for (const result of await (await load()).run()) {
    all.push(result);
    if (!json) console.log(line(result));
  }
}
if (json) console.log(JSON.stringify(all, null, 2));
process.exit(all.some(r => r.ok === false) ? 1 : 0);
