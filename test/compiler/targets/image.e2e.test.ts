// The generated Dockerfiles: held to hadolint's rules, and their commands done in order by hand, as there is no engine of
// containers in the tests. What npm would install is linked: the packages of this repository.
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planOf } from '../../../cli/compile.ts';
import { packageVersions } from '../../../cli/program.ts';
import { kubernetes } from '../../../compiler/targets/kubernetes/index.ts';
import type { OutputFile } from '../../../compiler/targets/target.ts';
import { typescript } from '../../../compiler/targets/typescript/index.ts';
import { temporaryFolder } from '../../cli/folders.ts';
import { example, project, repository } from '../../cli/support.ts';
import { writeAll } from '../../support/program-check.ts';
import { fixturePlan, inCluster } from '../../support/target-plans.ts';

const spec = `${example('penguins')}\ndeployment species_api { serve species }\n`;
const dockerfileOf = (files: readonly OutputFile[]): string =>
  files.find(file => file.path.endsWith('Dockerfile'))!.text;

const tools = [path.join(repository, '.tools/python/bin'), process.env['PATH']].join(':');

test('hadolint has nothing to say about either', async () => {
  const plan = fixturePlan('penguins');
  const dockerfiles = [await typescript.emit(plan, {}), await kubernetes.emit(inCluster(plan), {})].map(
    dockerfileOf,
  );
  for (const text of dockerfiles) {
    assert.match(text, /^ARG NODE_IMAGE=node:[\w.-]+$/m);
    assert.match(text, /^USER 10001:10001$/m);
    assert.is(text.match(/^FROM \$\{NODE_IMAGE\}/gm)?.length, 2);
    const { exitCode, all, code } = await execa('hadolint', ['-'], {
      env: { PATH: tools },
      input: text,
      reject: false,
      all: true,
    });
    if (code === 'ENOENT') {
      console.log('skipped: there is no hadolint here');
      return;
    }
    assert.is(exitCode, 0, all);
  }
});

/** Does what the file says, below a folder that stands for the root of the image. Gives the command it starts. */
async function build(dockerfile: string, context: string, image: string): Promise<readonly string[]> {
  let stage = '';
  let folder = '/';
  let entry: string[] = [];
  const inside = (name: string): string => path.join(image, stage, path.resolve(folder, name));
  for (const line of dockerfile.split('\n')) {
    const [word, ...rest] = line.split(' ');
    if (word === 'FROM') {
      stage = rest[2] ?? 'last';
      folder = '/';
    } else if (word === 'WORKDIR') {
      folder = rest[0]!;
      mkdirSync(inside('.'), { recursive: true });
    } else if (word === 'COPY' && rest[0]!.startsWith('--from=')) {
      const from = path.join(image, rest[0]!.slice('--from='.length), rest[1]!);
      cpSync(from, path.join(image, stage, rest[2]!), { recursive: true, verbatimSymlinks: true });
    } else if (word === 'COPY') {
      const to = inside(rest.at(-1)!);
      for (const name of rest.slice(0, -1)) {
        const from = path.join(context, name.replace('[n]', 'n'));
        if (!existsSync(from)) continue;
        cpSync(from, name === '.' || name.endsWith('/') ? to : path.join(to, path.basename(from)), {
          recursive: true,
        });
      }
    } else if (word === 'RUN') await runLine(rest.join(' '), inside('.'), image, stage);
    else if (word === 'ENTRYPOINT') entry = JSON.parse(rest.join(' ')) as string[];
  }
  return entry.map(part => (part.startsWith('/') ? path.join(image, stage, part) : part));
}

async function runLine(line: string, cwd: string, image: string, stage: string): Promise<void> {
  if (/npm (ci|install)/.test(line) && !/npm run/.test(line)) {
    assert.match(line, /--ignore-scripts/);
    symlinkSync(path.join(repository, 'node_modules'), path.join(cwd, 'node_modules'));
    return;
  }
  if (line.startsWith('install -d')) {
    mkdirSync(path.join(image, stage, line.split(' ').at(-1)!), { recursive: true });
    return;
  }
  const { exitCode, all } = await execa('sh', ['-c', line.replace(/ && npm prune.*/, '')], {
    cwd,
    reject: false,
    all: true,
  });
  assert.is(exitCode, 0, all);
}

test('the program is built by its own tsc, runs and serves', async () => {
  const root = project({ 'penguins.mlp': spec });
  const { plan } = planOf({ project: root });
  const context = temporaryFolder();
  const files = await typescript.emit(plan, packageVersions(root, plan));
  writeAll(context, files);
  const image = temporaryFolder();
  const [node, main] = await build(dockerfileOf(files), context, image);
  assert.is(node, 'node');
  assert.ok(existsSync(path.join(path.dirname(main!), 'plan.json')), 'the plan is beside the program');
  const run = await execa(process.execPath, [main!, 'run', '--root', root], {
    cwd: root,
    reject: false,
    all: true,
  });
  assert.is(run.exitCode, 0, run.all);
  assert.match(run.all!, /species version 1 is now champion/);
  const service = execa(process.execPath, [main!, 'serve', '--port', '0', '--root', root], {
    cwd: root,
    reject: false,
    all: true,
  });
  const url = await new Promise<string>((resolve, reject) => {
    service.all!.on('data', chunk => {
      const found = /http:\/\/\S+/.exec(String(chunk));
      if (found) resolve(found[0]);
    });
    void service.then(result => reject(new Error(result.all)));
  });
  const response = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"Island": "Biscoe", "Beak Length (mm)": 47.3, "Beak Depth (mm)": 15.3, "Flipper Length (mm)": 222}',
  });
  const { prediction } = (await response.json()) as { prediction: unknown };
  assert.equal(prediction, { species: 'Gentoo' });
  service.kill('SIGTERM');
  assert.is((await service).exitCode, 0);
  rmSync(image, { recursive: true });
});

test.run();
