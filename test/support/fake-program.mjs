// A program that keeps the step contract and computes nothing but hashes: each output depends on all that its step was
// given, so two runs agree only if every artifact reached the step it was meant for. `MODE` makes steps fail.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [, , command, name, ...rest] = process.argv;
const option = key => rest[rest.indexOf(`--${key}`) + 1];
const plan = JSON.parse(readFileSync(new URL('./plan.json', import.meta.url), 'utf8'));
const modes = JSON.parse(readFileSync(new URL('./modes.json', import.meta.url), 'utf8'));
const step = plan.steps.find(s => s.id === name);
if (command !== 'step' || !step) process.exit(2);
const params = JSON.parse(readFileSync(option('params'), 'utf8'));
if (params.version !== 'params/1') process.exit(2);

const read = file =>
  statSync(file).isDirectory()
    ? readdirSync(file)
        .sort()
        .map(entry => `${entry}:${read(path.join(file, entry))}`)
        .join('\n')
    : readFileSync(file, 'utf8');
const hash = createHash('sha256').update(name);
const given = existsSync(option('in')) ? readdirSync(option('in')).sort() : [];
for (const input of given) hash.update(`\n${input}\n${read(path.join(option('in'), input))}`);
const wanted = step.inputs.filter(input => !input.external).map(input => input.name);
if (
  wanted.some(input => !given.includes(input)) ||
  given.some(input => !step.inputs.some(i => i.name === input))
) {
  console.error(`${name} got ${given.join(', ')}, not ${wanted.join(', ')}`);
  process.exit(1);
}
if (step.kind === 'ingest') hash.update(readFileSync(plan.sources[step.of].from.args.path, 'utf8'));
const digest = hash.digest('hex');
const out = option('out');
for (const output of step.outputs) {
  mkdirSync(path.join(out, output.name), { recursive: true });
  writeFileSync(path.join(out, output.name, 'content.txt'), `${output.name} ${digest}`);
}
const status = modes[name] === 'refuse' ? 'refused' : modes[name] === 'fail' ? 'failed' : 'succeeded';
mkdirSync(out, { recursive: true });
const result = {
  version: 'result/1',
  step: name,
  status,
  metrics: { digest: Number.parseInt(digest.slice(0, 8), 16) },
  notes: given,
};
writeFileSync(path.join(out, 'result.json'), JSON.stringify(result));
process.exit(status === 'succeeded' ? 0 : status === 'refused' ? 3 : 1);
