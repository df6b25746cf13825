/** The metrics of the standard library by name and task. */

import { LearnError } from '../errors.ts';
import type { Task } from '../types.ts';
import { binaryMetrics } from './binary.ts';
import type { Metric } from './metric.ts';
import { multiclassMetrics } from './multiclass.ts';
import { regressionMetrics } from './regression.ts';

export type { Metric, MetricOptions, MetricValue } from './metric.ts';

export const metrics: readonly Metric[] = [...binaryMetrics, ...multiclassMetrics, ...regressionMetrics];

/** A name may stand for one metric a task: `auc` of two classes and of several. Throws `unknown-metric`. */
export function metricByName(name: string, task: Task): Metric {
  const found = metrics.find(metric => metric.name === name && metric.tasks.includes(task));
  if (found !== undefined) return found;
  const known = metrics.filter(metric => metric.tasks.includes(task)).map(metric => metric.name);
  throw new LearnError('unknown-metric', `There is no metric '${name}' for ${task}`, {
    name,
    expected: known.join(', '),
    advice: `Known are ${known.join(', ')}`,
  });
}
