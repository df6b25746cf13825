import { countText, shareText } from '../../describe.ts';
import type { DataProfile } from '../infer.ts';
import { quantileOf } from '../quantiles.ts';
import type { InferredColumn } from '../spec.ts';
import { numberText } from '../spec.ts';

export interface Finding {
  /** Null: of the table as a whole. */
  readonly column: string | null;
  readonly text: string;
  /** In a word or two, for a tag. */
  readonly short: string;
}

/** What one should look at before building on these data. */
export function findingsOf(profile: DataProfile): readonly Finding[] {
  const found: Finding[] = [];
  if (profile.repeated > 0) {
    const text = `${countText(profile.repeated)} rows (${shareText(profile.repeated / profile.rows)}) repeat an earlier row whole`;
    found.push({ column: null, text, short: 'repeated rows' });
  }
  for (const column of profile.columns) found.push(...ofColumn(column, profile.rows));
  for (const { a, b, r } of profile.correlations) {
    if (Math.abs(r) < 0.95) continue;
    found.push({
      column: null,
      text: `${a} and ${b} say nearly the same: correlation ${r.toFixed(2)}`,
      short: 'correlated',
    });
  }
  return found;
}

function ofColumn({ name, profile }: InferredColumn, rows: number): Finding[] {
  const found: Finding[] = [];
  const say = (short: string, text: string): void =>
    void found.push({ column: name, text: `${name}: ${text}`, short });
  const share = profile.missing / rows;
  if (share > 0.2) say(`${shareText(share)} missing`, `${shareText(share)} of the values are missing`);
  if (profile.kind === 'bare') return found;
  const { distinct } = profile;
  if (distinct === 0) say('empty', 'no row has a value');
  else if (distinct === 1) say('constant', 'all rows have the same value, so it tells nothing');
  if (
    profile.kind === 'category' &&
    distinct > 50 &&
    distinct > (rows - profile.missing) / 2 &&
    distinct < rows
  ) {
    say(
      'nearly unique',
      `${countText(distinct)} values in ${countText(rows)} rows: a category that hardly recurs`,
    );
  }
  if (profile.kind === 'number' && distinct > 20) {
    const [first, third] = [quantileOf(profile, 0.25), quantileOf(profile, 0.75)];
    const fence = 10 * (third - first);
    if (fence > 0 && (profile.max > third + fence || profile.min < first - fence)) {
      const far = profile.max - third > first - profile.min ? profile.max : profile.min;
      say(
        'far values',
        `values as far out as ${numberText(far)}, where half lie in ${numberText(first)} to ${numberText(third)}`,
      );
    }
  }
  return found;
}
