/** One line of `npm run bench`: ours beside what a user would use instead, measured in the same run. */
export interface BenchResult {
  readonly name: string;
  readonly ours: number;
  readonly theirs?: number;
  readonly unit: string;
  /** ours / theirs, where that is the figure of interest. */
  readonly ratio?: number;
  /** What it must reach, in words. */
  readonly target?: string;
  readonly ok?: boolean;
  readonly note?: string;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;
