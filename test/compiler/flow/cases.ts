import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../support/specs.ts';

export interface FlowCase {
  /** `personal/speaks/used`. */
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  /** The spec is right, so nothing may be said. */
  readonly silent: boolean;
}

const top = path.join(root, 'test/fixtures/flow');

/** Every folder below `test/fixtures/flow` that has a `main.mlp`: `family/speaks/case` and `family/silent/case`. */
export function flowCases(folder = top): FlowCase[] {
  const file = path.join(folder, 'main.mlp');
  if (!existsSync(file))
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort()
      .flatMap(name => flowCases(path.join(folder, name)));
  const name = path.relative(top, folder).split(path.sep).join('/');
  const silent = /(^|\/)silent[-/]/.test(name);
  return [{ name, folder, text: readFileSync(file, 'utf8'), silent }];
}
