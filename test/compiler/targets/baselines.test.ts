import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { githubActions } from '../../../compiler/targets/github-actions/index.ts';
import { manifests } from '../../../compiler/targets/kubernetes/index.ts';
import type { OutputFile } from '../../../compiler/targets/target.ts';
import { typescript } from '../../../compiler/targets/typescript/index.ts';
import { fixturePlan, inCluster } from '../../support/target-plans.ts';

/** What each target makes of the plans of `test/fixtures/plans`, checked in for review: `npm run baselines` rewrites it. */
const fixtures = path.join(import.meta.dirname, '../../fixtures/targets');
const update = process.env['UPDATE_BASELINES'] === '1';

/** The plan itself is a fixture already, and what is in the image is the program, transpiled. */
const reviewed = (files: readonly OutputFile[]): readonly OutputFile[] =>
  files.filter(f => f.path !== 'plan.json');

for (const name of ['penguins', 'flights']) {
  const plan = fixturePlan(name);
  const outputs: Readonly<Record<string, () => Promise<readonly OutputFile[]>>> = {
    typescript: () => typescript.emit(plan, {}),
    kubernetes: () => manifests(inCluster(plan), {}),
    'github-actions': () => githubActions.emit(plan, {}),
  };
  for (const [target, emit] of Object.entries(outputs)) {
    test(`${name} for ${target} is as checked in`, async () => {
      const folder = path.join(fixtures, name, target);
      const files = reviewed(await emit());
      if (update) {
        rmSync(folder, { recursive: true, force: true });
        for (const file of files) {
          mkdirSync(path.dirname(path.join(folder, file.path)), { recursive: true });
          writeFileSync(path.join(folder, file.path), file.text);
        }
      }
      assert.ok(existsSync(folder), `${folder} is missing: npm run baselines`);
      for (const file of files) {
        const there = path.join(folder, file.path);
        assert.ok(existsSync(there), `${file.path} is new: npm run baselines`);
        assert.fixture(file.text, readFileSync(there, 'utf8'), file.path);
      }
      const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry =>
          path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
        );
      assert.equal(kept.sort(), files.map(f => f.path).sort());
    });
  }
}

test.run();
