import type { At, Expr } from '../../../plan/plan.ts';
import { children } from '../../../plan/walk.ts';
import { Reasoner, TooManyCases, type Truth } from '../gates/cases.ts';
import { intervalsFor, type MetricFacts } from '../gates/intervals.ts';
import { fullShapeOf } from '../gates/shape.ts';

/** How many requests one bound of a condition needs. */
export interface Need {
  readonly requests: number;
  /** `error_rate` against 1%, or the percentile. */
  readonly what: string;
  readonly measure: string;
}

/** The bound lies this many standard errors above zero. */
const errors = 3;

/**
 * Requests that are needed to decide by a share p: its standard error among n requests is √(p(1-p)/n), and p must be at
 * least three of them, p >= 3·√(p(1-p)/n), which is n >= 9(1-p)/p. With fewer, a service without a single fault could
 * not be told from one at the bound.
 */
export const requestsFor = (p: number): number => Math.ceil((errors ** 2 * (1 - p)) / p - 1e-9);

/** `p99_latency`: the percentile's own share of requests lies beyond it, 1% here. */
function beyond(measure: string): number | undefined {
  const digits = /^p(\d{2,4})_/.exec(measure)?.[1];
  const q = digits === undefined ? undefined : Number(`0.${digits}`);
  return q === undefined || q === 0 ? undefined : 1 - q;
}

const percent = (p: number): string => `${Number((p * 100).toPrecision(6))}%`;

/** What the bounds of conditions on services need, each worked out once: many deployments are watched alike. */
export class Needs {
  private readonly metrics: ReadonlyMap<string, MetricFacts>;
  private readonly known = new Map<string, Need | undefined>();

  constructor(metrics: ReadonlyMap<string, MetricFacts>) {
    this.metrics = metrics;
  }

  /** The greatest that a condition has. */
  of(condition: Expr): Need | undefined {
    const shape = fullShapeOf(condition);
    if (!this.known.has(shape)) this.known.set(shape, needsOf(condition, this.metrics)[0]);
    return this.known.get(shape);
  }
}

/** Where a condition reads a measure. */
export function readingOf(condition: Expr, measure: string): At | undefined {
  if (condition.op === 'measure' && condition.measure === measure) return condition.at;
  for (const child of children(condition)) {
    const found = readingOf(child, measure);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Greatest first; rates of requests and durations as such need nothing. */
function needsOf(condition: Expr, metrics: ReadonlyMap<string, MetricFacts>): readonly Need[] {
  const reasoner = new Reasoner(intervalsFor(metrics));
  const truth = casesOf(reasoner, condition);
  if (!truth) return [];
  const needs = new Map<string, Need>();
  for (const { constraints } of truth.yes)
    for (const { value } of constraints)
      for (const [name, coefficient] of value.terms) {
        const expr = reasoner.unknowns.get(name);
        if (expr?.op !== 'measure' || expr.features) continue;
        const alone = value.terms.size === 1 ? -value.constant / coefficient : undefined;
        const need = needOf(expr.measure, alone, metrics.get(expr.measure));
        if (need) needs.set(need.what, need);
      }
  return [...needs.values()].sort((a, b) => b.requests - a.requests);
}

function casesOf(reasoner: Reasoner, condition: Expr): Truth | undefined {
  try {
    return reasoner.truth(condition);
  } catch (error) {
    if (error instanceof TooManyCases) return undefined;
    throw error;
  }
}

function needOf(
  measure: string,
  bound: number | undefined,
  known: MetricFacts | undefined,
): Need | undefined {
  const rest = beyond(measure);
  if (rest !== undefined) return { requests: requestsFor(rest), what: `\`${measure}\``, measure };
  const isShare = known?.min === 0 && known.max === 1;
  // At a bound of zero a single fault decides.
  if (!isShare || bound === undefined || bound <= 0 || bound >= 1) return undefined;
  return { requests: requestsFor(bound), what: `\`${measure}\` against ${percent(bound)}`, measure };
}
