import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan, Schema, Source, Step, StepKind, Type } from '../../../compiler/plan/plan.ts';
import { type Database, withDatabase } from '../../../runtime/data/duckdb.ts';
import { identifier, literal } from '../../../runtime/data/sql.ts';
import type {
  MlpError,
  Program,
  SourceProgram,
  StepContext,
  StepParams,
  StepResult,
  StepRunner,
} from '../../../runtime/engine/contract.ts';
import { always, plan, schema, source } from '../../support/plan.ts';

export const t = {
  int: (more: Partial<Type> = {}): Type => ({ kind: 'int', optional: false, ...more }),
  float: (more: Partial<Type> = {}): Type => ({ kind: 'float', optional: false, ...more }),
  string: (more: Partial<Type> = {}): Type => ({ kind: 'string', optional: false, ...more }),
  bool: (more: Partial<Type> = {}): Type => ({ kind: 'bool', optional: false, ...more }),
  date: (more: Partial<Type> = {}): Type => ({ kind: 'date', optional: false, ...more }),
  datetime: (more: Partial<Type> = {}): Type => ({ kind: 'datetime', optional: false, ...more }),
  timestamp: (more: Partial<Type> = {}): Type => ({ kind: 'timestamp', optional: false, ...more }),
  enumeration: (members: readonly string[], more: Partial<Type> = {}): Type => ({
    kind: 'enum',
    optional: false,
    enum: 'E',
    members,
    ...more,
  }),
};

export function schemaOf(
  columns: Readonly<Record<string, Type>>,
  more: {
    readonly key?: readonly string[];
    readonly eventTime?: string;
    readonly pii?: readonly string[];
  } = {},
): Schema {
  const { pii = [], ...rest } = more;
  const tagged = Object.entries(columns).map(([name, type]) => {
    const options = { known: always, tags: pii.includes(name) ? ['pii'] : [] };
    return [name, [type, options] as const] as const;
  });
  return schema(Object.fromEntries(tagged), rest);
}

/** A plan with the given parts and nothing else. */
export const planOf = plan;

export function sourceOf(
  kind: string,
  path: string,
  more: Partial<Source> & { missing?: string } = {},
): Source {
  const { missing, ...rest } = more;
  const args = { path, ...(missing === undefined ? {} : { missing }) };
  return source('Row', { from: { name: kind, args, at: 0 }, ...rest });
}

const sqlTypes: Partial<Record<Type['kind'], string>> = {
  int: 'BIGINT',
  float: 'DOUBLE',
  bool: 'BOOLEAN',
  date: 'DATE',
  datetime: 'TIMESTAMP',
  timestamp: 'TIMESTAMPTZ',
};

/** Hand-written checks, so that these tests stand on their own; the compiler's are tested with the compiler. */
export function checksOf(schema: Schema): SourceProgram {
  return {
    columns: schema.columns.map(({ name, type }) => {
      const x = identifier(name);
      const checks: { rule: string; sql: string }[] = [];
      if (!type.optional) checks.push({ rule: 'required', sql: `${x} IS NOT NULL` });
      if (type.min !== undefined)
        checks.push({ rule: 'range', sql: `${x} BETWEEN ${type.min} AND ${type.max}` });
      if (type.pattern !== undefined) {
        checks.push({ rule: 'pattern', sql: `regexp_full_match(${x}, ${literal(type.pattern)})` });
      }
      const allowed = type.members ?? type.values;
      if (allowed !== undefined) {
        const rule = type.members === undefined ? 'set' : 'enum';
        checks.push({ rule, sql: `${x} IN (${allowed.map(v => literal(String(v))).join(', ')})` });
      }
      return { name, sqlType: sqlTypes[type.kind] ?? 'VARCHAR', checks };
    }),
  };
}

export function stepOf(kind: StepKind, of: string, outputs: readonly string[]): Step {
  return {
    id: `${kind}-${of.toLowerCase()}`,
    kind,
    of,
    inputs: [],
    outputs: outputs.map(name => ({ name, kind: 'table' })),
    after: [],
    resources: null,
    timeout: null,
    retry: null,
    at: 0,
  };
}

export interface RunOptions {
  readonly step: Step;
  readonly program: Partial<Program>;
  readonly plan: Plan;
  readonly root: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly params?: Partial<StepParams>;
  readonly signal?: AbortSignal;
}

export interface StepRun {
  readonly result: Omit<StepResult, 'version' | 'step'>;
  readonly folder: string;
}

let runs = 0;

/** Runs a step in a fresh folder below `root`; its outputs lie in `folder/NAME`. */
export async function runStep(runner: StepRunner, options: RunOptions): Promise<StepRun> {
  const folder = join(options.root, `.out-${++runs}`);
  for (const { name } of options.step.outputs) await mkdir(join(folder, name), { recursive: true });
  const context: StepContext = {
    plan: options.plan,
    step: options.step,
    program: { plan: options.plan, views: {}, validations: {}, sources: {}, ...options.program },
    params: {
      version: 'params/1',
      from: null,
      to: null,
      overrides: {},
      threads: 2,
      memory: '1GiB',
      ...options.params,
    },
    input: name => options.inputs?.[name],
    output: name => join(folder, name),
    root: options.root,
    signal: options.signal ?? new AbortController().signal,
    progress: () => {},
  };
  return { result: await runner(context), folder };
}

/** Runs a body with a folder that is gone afterwards. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mlp-data-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Queries files below a folder. */
export function query<T = Awaited<ReturnType<Database['rows']>>>(
  folder: string,
  body: (database: Database) => Promise<T>,
): Promise<T> {
  const options = { threads: 2, memory: '1GiB', scratch: join(folder, '.query'), folders: [folder] };
  return withDatabase({ ...options, signal: new AbortController().signal }, body);
}

/** The error a step gives, thrown or returned, as code, message and hint. */
export async function failure(
  run: Promise<StepRun>,
): Promise<{ code: string; message: string; hint: string | undefined }> {
  try {
    const { error } = (await run).result;
    if (error === undefined) throw new Error('the step did not fail');
    return { code: error.code, message: error.message, hint: error.hint };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'MlpError') throw error;
    const { code, message, hint } = error as MlpError;
    return { code, message, hint };
  }
}
