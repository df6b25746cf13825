/** Which tests have passed with all that they depend on as it is now: those need not run again. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { usesOfComponent } from '../../compiler/plan/foreign.ts';
import { canonicalJson, stepHash } from '../../compiler/plan/hash.ts';
import type { Plan, Step, Test } from '../../compiler/plan/plan.ts';
import { goalSteps } from '../../compiler/plan/steps.ts';
import { viewCode } from '../../compiler/sql/fitting.ts';
import { schemaOf } from '../../compiler/targets/typescript/reads.ts';
import { sourceSnapshots } from '../engine/sources.ts';
import { hashText } from '../store/folders.ts';
import { tablesRead, viewsBelow } from './engines/batch.ts';

/** All that a view's examples depend on: it, the views below it, the tables that they read. */
export function viewContent(plan: Plan, name: string): unknown {
  const views = [...viewsBelow(plan, name), name];
  const tables = tablesRead(plan, views).map(table => [
    table,
    plan.schemas[schemaOf(plan, table)!],
    plan.sources[table]?.lag ?? null,
  ]);
  return { views: views.map(view => [view, plan.views[view], viewCode(plan, view)]), tables };
}

/** All that the steps towards some goals depend on, with the files that they read; null: that cannot be told. */
export async function stepsContent(plan: Plan, goals: readonly string[], root: string): Promise<unknown> {
  const ids = new Set(goals.flatMap(goal => goalSteps(plan, goal)?.needed ?? []).map(step => step.id));
  const steps = plan.steps.filter(step => ids.has(step.id));
  const states = await Promise.all(steps.map(step => stateOf(plan, step, root)));
  return states.includes(null) ? null : states;
}

async function stateOf(plan: Plan, step: Step, root: string): Promise<unknown> {
  const memory = { hash: fileState };
  const signal = new AbortController().signal;
  const params = { from: null, to: null };
  const snapshots = await sourceSnapshots({ plan, step, params, root, memory, signal });
  if (snapshots === undefined) return null;
  const code = step.kind === 'features' ? viewContent(plan, step.of) : null;
  return [step.id, stepHash(plan, step), snapshots, code];
}

/** A file is known by size, time and place: to read all data again would cost more than most tests. */
async function fileState(file: string) {
  const { size, mtimeNs, ino } = statSync(file, { bigint: true });
  const [bytes, modified, inode] = [Number(size), String(mtimeNs), String(ino)];
  return { path: file, bytes, modified, inode, hash: `${bytes} ${modified} ${inode}` };
}

/** What a test depends on; null: not all of it can be told, so it always runs. */
export async function testContent(plan: Plan, test: Test, root: string): Promise<unknown> {
  switch (test.kind) {
    case 'features':
      return { test, ...(viewContent(plan, test.of) as object) };
    case 'function':
      return { test };
    case 'model': {
      const steps = await stepsContent(plan, [test.of], root);
      return steps === null ? null : { test, steps, trainer: plan.models[test.of]?.trainer };
    }
    case 'pipeline': {
      const steps = await stepsContent(plan, plan.pipelines[test.of]?.goals ?? [], root);
      return steps === null ? null : { test, steps };
    }
    case 'component':
      return componentContent(plan, test, root);
    default:
      return null;
  }
}

/** Of a component its code, and the rows that it is tried on. What code without inputs finds, nobody can tell. */
async function componentContent(plan: Plan, test: Test, root: string): Promise<unknown> {
  const uses = usesOfComponent(plan, test.of);
  if (uses.length === 0 || uses.some(([, { inputs }]) => Object.keys(inputs).length === 0)) return null;
  const names = uses.map(([name]) => name);
  if (Object.keys(test.tables).length === 0) {
    const steps = await stepsContent(plan, names, root);
    return steps === null ? null : { test, steps };
  }
  const { codeSnapshot } = await import('../foreign/code.ts');
  const tables = uses.flatMap(([name, { inputs }]) => [name, ...Object.values(inputs)]);
  const schemas = tables.map(table => plan.schemas[schemaOf(plan, table)!] ?? null);
  return { test, uses, schemas, code: codeSnapshot(uses[0]![1].run, root)?.hash ?? null };
}

interface Kept {
  readonly version: 'tests/1';
  /** By key: when it passed, in milliseconds since 1970, and what was noted. */
  readonly passed: Readonly<Record<string, { readonly at: number; readonly notes: readonly string[] }>>;
}

const mostKept = 2_000;

/** The project's memory of passed tests, in `.mlp/tests.json`; what is damaged or of another version is forgotten. */
export class PassedTests {
  readonly #file: string;
  readonly #stamp: string;
  readonly #passed: Map<string, Kept['passed'][string]>;
  #changed = false;

  /** `stamp` tells one build of mlp from another. */
  constructor(root: string, stamp: string) {
    this.#file = path.join(root, '.mlp', 'tests.json');
    this.#stamp = stamp;
    this.#passed = new Map(Object.entries(read(this.#file)));
  }

  key(content: unknown): string | null {
    return content === null ? null : hashText(`${this.#stamp} ${canonicalJson(content)}`);
  }

  notes(key: string): readonly string[] | undefined {
    return this.#passed.get(key)?.notes;
  }

  remember(key: string, notes: readonly string[]): void {
    this.#passed.delete(key);
    this.#passed.set(key, { at: Date.now(), notes });
    this.#changed = true;
  }

  forget(key: string): void {
    this.#changed = this.#passed.delete(key) || this.#changed;
  }

  /** Whole or not at all; a memory that cannot be written is none, and no fault of the tests. */
  save(): void {
    if (!this.#changed) return;
    const newest = [...this.#passed].sort(([, a], [, b]) => b.at - a.at).slice(0, mostKept);
    const kept: Kept = { version: 'tests/1', passed: Object.fromEntries(newest) };
    const partial = `${this.#file}.${process.pid}.partial`;
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      writeFileSync(partial, JSON.stringify(kept));
      renameSync(partial, this.#file);
    } catch {
      rmSync(partial, { force: true });
    }
  }
}

function read(file: string): Kept['passed'] {
  if (!existsSync(file)) return {};
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept;
    const sound =
      kept.version === 'tests/1' &&
      Object.values(kept.passed).every(({ at, notes }) => typeof at === 'number' && Array.isArray(notes));
    return sound ? kept.passed : {};
  } catch {
    return {};
  }
}
