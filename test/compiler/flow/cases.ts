import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../support/specs.ts';

export interface FlowCase {
  /** `personal/speaks/used`. */
  readonly name: string;
  readonly folder: string;
  /** `main.mlp`. */
  readonly text: string;
  /** Every spec of the folder, by its name. */
  readonly files: Readonly<Record<string, string>>;
  /** The spec is right, so nothing may be said. */
  readonly silent: boolean;
}

const top = path.join(root, 'test/fixtures/flow');

/** Every folder below `test/fixtures/flow` that has a `main.mlp`: `family/speaks/case` and `family/silent/case`. */
export function flowCases(folder = top): FlowCase[] {
  if (!existsSync(path.join(folder, 'main.mlp')))
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort()
      .flatMap(name => flowCases(path.join(folder, name)));
  const specs = readdirSync(folder).filter(name => name.endsWith('.mlp'));
  const files = Object.fromEntries(specs.map(name => [name, readFileSync(path.join(folder, name), 'utf8')]));
  const name = path.relative(top, folder).split(path.sep).join('/');
  return [{ name, folder, text: files['main.mlp']!, files, silent: name.split('/')[1] === 'silent' }];
}
