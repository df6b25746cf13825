/** What the team's code is told, and what it answers: one document each, whatever the language. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import type { Value } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import { compileSchema, type Validator } from '../engine/validator.ts';

/** The job document (`job/1`), `job.json` in the folder that a step of the team's is given. */
export interface Job {
  readonly version: 'job/1';
  readonly kind: 'component' | 'trainer' | 'metric';
  /** The declaration that is carried out, and for a component the table that it makes. */
  readonly name: string;
  /** Parquet files by the name of the parameter, or `train`, `validation`, `scores`. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, Value>>;
  /** Of the table to make, in order; empty for trainers and metrics. */
  readonly columns: readonly JobColumn[];
  /** Where the result goes: `rows.parquet`, `model.onnx` or `values.json` in it. */
  readonly out: string;
  /** Data interval [from, to), ISO instants; null: everything. */
  readonly from: string | null;
  readonly to: string | null;
  readonly threads: number;
  readonly seed: number | null;
  /** How many values a metric has to give. */
  readonly measurements?: number;
  /** What trainers and metrics are told of the model. */
  readonly model: JobModel | null;
}
export interface JobColumn {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}
export interface JobModel {
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly label: string;
  readonly classes: readonly string[];
  readonly features: readonly {
    readonly name: string;
    readonly kind: 'number' | 'category';
    readonly vocabulary?: readonly string[];
  }[];
}

/** `answer.json`, which the harness of a language writes. Absent where the code ended without it. */
export type Answer =
  | { readonly version: 'answer/1'; readonly status: 'done'; readonly rows?: number; readonly file?: string }
  | {
      readonly version: 'answer/1';
      readonly status: 'failed';
      readonly kind: AnswerFault;
      readonly message: string;
      /** The file and line of the team's code, if it was there. */
      readonly where: string | null;
    };
/**
 * `import`: the file cannot be loaded; `function`: it has no such function; `call`: the function does not take what it is
 * given; `raised`: it threw; `nothing`: it gave nothing; `result`: what it gave cannot be written; `disk`: no room.
 */
export type AnswerFault = 'import' | 'function' | 'call' | 'raised' | 'nothing' | 'result' | 'disk';

export const jobFile = 'job.json';
export const answerFile = 'answer.json';

const text = { type: 'string' } as const;
const answerSchema = {
  oneOf: [
    {
      type: 'object',
      properties: {
        version: { const: 'answer/1' },
        status: { const: 'done' },
        rows: { type: 'integer', minimum: 0 },
        file: text,
      },
      required: ['version', 'status'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: {
        version: { const: 'answer/1' },
        status: { const: 'failed' },
        kind: { enum: ['import', 'function', 'call', 'raised', 'nothing', 'result', 'disk'] },
        message: text,
        where: { type: ['string', 'null'] },
      },
      required: ['version', 'status', 'kind', 'message', 'where'],
      additionalProperties: false,
    },
  ],
};
let validate: Validator | undefined;

export async function writeJob(folder: string, job: Job): Promise<string> {
  const file = path.join(folder, jobFile);
  await writeFile(file, `${JSON.stringify(job, null, 1)}\n`);
  return file;
}

/** The answer, or undefined where there is none. Its file lies where the team's code can write, so it is checked. */
export async function readAnswer(folder: string, what: string, at: number): Promise<Answer | undefined> {
  const file = path.join(folder, answerFile);
  const json = await readFile(file, 'utf8').catch(() => undefined);
  if (json === undefined) return undefined;
  validate ??= compileSchema(answerSchema);
  try {
    const answer: unknown = JSON.parse(json);
    const wrong = validate(answer);
    if (wrong === undefined) return answer as Answer;
    throw new Error(wrong.message ?? 'it differs');
  } catch (cause) {
    throw fault(
      foreignMessages.noAnswer,
      { what, how: `left a damaged ${answerFile}`, output: '' },
      { at, cause },
    );
  }
}
