/**
 * The standard error of a metric at a value, measured on n rows; undefined where it depends on more than that.
 *
 * `auc`: Hanley and McNeil 1982, with as many true rows as false ones, which is the least it can be: the square root of
 * (A(1-A) + (n/2-1)(Q1-A²) + (n/2-1)(Q2-A²)) / (n/2)², Q1 = A/(2-A), Q2 = 2A²/(1+A).
 * `accuracy`, `precision`, `recall`: a share p of n rows has √(p(1-p)/n); for the last two n is more than they count, so
 * that the error is no less than this.
 */
export function standardError(metric: string, value: number, rows: number): number | undefined {
  if (rows < 2 || value < 0 || value > 1) return undefined;
  if (metric === 'auc') {
    const half = rows / 2;
    const q1 = value / (2 - value);
    const q2 = (2 * value * value) / (1 + value);
    const variance =
      (value * (1 - value) + (half - 1) * (q1 - value * value) + (half - 1) * (q2 - value * value)) /
      half ** 2;
    return Math.sqrt(Math.max(0, variance));
  }
  return shares.has(metric) ? Math.sqrt((value * (1 - value)) / rows) : undefined;
}

const shares: ReadonlySet<string> = new Set(['accuracy', 'precision', 'recall']);

/** Rows with which the standard error is at most that; it falls with their square root. */
export function rowsFor(metric: string, value: number, error: number): number | undefined {
  const reference = standardError(metric, value, 10_000);
  return reference === undefined ? undefined : Math.ceil(10_000 * (reference / error) ** 2);
}
