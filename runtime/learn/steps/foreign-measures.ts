import type { MetricUse, Model as ModelPlan } from '../../../compiler/plan/plan.ts';
import type { Snapshot, StepContext } from '../../engine/contract.ts';
import type { NeededMetric } from '../../engine/metrics-needed.ts';
import { codeSnapshot } from '../../foreign/code.ts';
import type { Measurement } from '../../foreign/metric.ts';
import type { MetricValue } from '../metrics/index.ts';
import type { Target } from '../types.ts';

const noRows: MetricValue = { undefined: 'there are no rows' };

/**
 * The metrics of the team in an evaluation. A process a slice would take hours, so an evaluation is gone through twice:
 * first to note what there is to measure, which one process a metric then does, and again to take the values in order.
 */
export class ForeignMeasures {
  private readonly uses: ReadonlyMap<string, MetricUse>;
  private readonly noted = new Map<string, Measurement[]>();
  private readonly values = new Map<string, readonly MetricValue[]>();
  private readonly taken = new Map<string, number>();
  private readonly threshold: number;

  constructor({ metrics, threshold }: Pick<ModelPlan, 'metrics' | 'threshold'>) {
    const foreign = metrics.filter(({ run }) => run.language !== 'builtin');
    this.uses = new Map(foreign.map(use => [use.metric, use]));
    this.threshold = threshold;
  }

  directionOf(metric: string): MetricUse['direction'] | undefined {
    return this.uses.get(metric)?.direction;
  }

  snapshots(context: StepContext): Record<string, Snapshot> {
    return Object.fromEntries(
      [...this.uses].flatMap(([name, { run }]) => {
        const snapshot = codeSnapshot(run, context.root);
        return snapshot === undefined ? [] : [[name, snapshot]];
      }),
    );
  }

  /** `evaluate` goes through the whole evaluation with the given metrics alone. */
  async measure(
    context: StepContext,
    metrics: readonly NeededMetric[],
    target: Target,
    evaluate: (metrics: readonly NeededMetric[]) => unknown,
  ): Promise<void> {
    const foreign = metrics.filter(({ metric }) => this.uses.has(metric));
    if (foreign.length === 0) return;
    for (const { key } of foreign) this.noted.set(key, []);
    evaluate(foreign);
    const { measureForeign } = await import('../../foreign/metric.ts');
    for (const { key, metric, args } of foreign) {
      const use = { ...this.uses.get(metric)!, args };
      const given = { target, threshold: this.threshold, measurements: this.noted.get(key)! };
      this.values.set(key, await measureForeign(context, use, given, context.output('metrics')));
      this.taken.set(key, 0);
    }
  }

  /** The value of the next measurement of a metric of the team; undefined for one of the library. */
  take(key: string, scores: Float64Array, rows: Int32Array | undefined): MetricValue | undefined {
    const noted = this.noted.get(key);
    if (!noted) return undefined;
    if (rows?.length === 0) return noRows;
    const values = this.values.get(key);
    if (!values) {
      noted.push({ scores, rows });
      return noRows;
    }
    const place = this.taken.get(key)!;
    this.taken.set(key, place + 1);
    return values[place];
  }
}
