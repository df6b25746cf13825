import { join } from 'node:path';
import { schemeOf } from '../../../compiler/plan/paths.ts';
import type { Sink } from '../../../compiler/plan/plan.ts';
import type { StepContext, StepResult, StepRunner } from '../../engine/contract.ts';
import { folderOf } from '../../learn/steps/common.ts';
import { countText } from '../describe.ts';
import { tableFile } from '../write.ts';
import { writeFileSink } from './file.ts';
import { writeObjectSink } from './object.ts';
import { writeTableSink } from './table.ts';

/** What a sink is to be given. */
export interface Delivery {
  readonly context: StepContext;
  readonly name: string;
  readonly sink: Sink;
  /** The Parquet file with the rows, which keep the sink's schema. */
  readonly rows: string;
}

export interface Delivered {
  /** Rows written now: none where the same rows are there already. */
  readonly written: number;
  readonly rows: number;
  /** Where they are, without secrets. */
  readonly place: string;
}

/** Gives scored rows to the sink of a deployment: whole or not at all, and not again where they are there already. */
export const writeStep: StepRunner = async context => {
  const { plan, step } = context;
  const name = plan.deployments[step.of]!.score!.sink;
  const sink = plan.sinks[name]!;
  const rows = join(folderOf(context, 'rows'), tableFile);
  context.progress({ message: `writing to ${name}` });
  const { written, rows: count, place } = await deliver({ context, name, sink, rows });
  const note =
    written === 0
      ? `the same ${countText(count)} rows are in ${place} already`
      : `${countText(written)} rows written to ${place}`;
  const result: Omit<StepResult, 'version' | 'step'> = {
    status: 'succeeded',
    metrics: { rows: count, written },
    notes: [note],
    snapshots: {},
  };
  return result;
};

function deliver(delivery: Delivery): Promise<Delivered> {
  const { to } = delivery.sink;
  if (to.name === 'table') return writeTableSink(delivery);
  return schemeOf(String(to.args['path'])) === 's3' ? writeObjectSink(delivery) : writeFileSink(delivery);
}
