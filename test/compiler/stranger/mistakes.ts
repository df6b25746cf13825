/**
 * Ten mistakes as authors make them, each planted into a whole spec: the text that is changed, the code and the very
 * characters that must be named, and what an author does who follows the hint.
 */
export interface Planted {
  readonly name: string;
  /** A folder of `test/compiler/stranger/specs`. */
  readonly spec: string;
  /** What is replaced in the correct spec, and by what. */
  readonly change: readonly (readonly [from: string, to: string])[];
  readonly code: string;
  /** The characters that the diagnostic points at; where they stand twice, `line` is a part of the line. */
  readonly at: string;
  readonly line?: string;
  /** The texts that labels must point at, in the order of the path. */
  readonly path?: readonly string[];
  /** What the hint must say. */
  readonly hint: string | RegExp;
  /** The repair that the hint leads to, applied to the wrong spec. */
  readonly repair: readonly (readonly [from: string, to: string])[];
}

export const planted: readonly Planted[] = [
  {
    name: 'units that differ',
    spec: 'pumps',
    change: [['mean(pressure of readings', 'mean(pressure - vibration of readings']],
    code: 'MLP3007',
    at: '-',
    line: 'pressure_7 =',
    path: ['pressure', 'vibration'],
    hint: /`function converted\(x: float\) -> float @unit\("mm\/s"\) = x \* 0\.001`/,
    repair: [
      [
        '/// What is known',
        'function converted(x: float) -> float @unit("mm/s") = x * 0.001\n\n/// What is known',
      ],
      ['mean(pressure - vibration', 'mean(converted(pressure) - vibration'],
    ],
  },
  {
    name: 'a label that is read through names',
    spec: 'payments',
    change: [
      [
        '  disputed =',
        '  bad = chargeback\n  worse = if bad then 1 else 0\n  risk = worse * 2\n  disputed =',
      ],
    ],
    code: 'MLP4001',
    at: 'chargeback',
    line: 'bad =',
    path: ['@known_after(60d)', 'chargeback'],
    hint: 'aggregate the past instead: `share(chargeback over 180d by card)`, or remove `bad`',
    repair: [
      ['bad = chargeback', 'bad = share(chargeback over 180d by card) ?? 0.0'],
      ['if bad then 1 else 0', 'bad'],
    ],
  },
  {
    name: 'a value that is known too late, through a function',
    spec: 'payments',
    change: [
      ['  disputed =', '  refused = not_let(approved)\n  disputed ='],
      ['at at + 5min {', 'at at {'],
      [' { lag 5min }', ''],
    ],
    code: 'MLP4002',
    at: 'approved',
    line: 'refused =',
    path: ['@known_after(2s)', 'Authorisation'],
    hint: /predict later: `at at \+ 2s`/,
    repair: [['from payments at at {', 'from payments at at + 2s {']],
  },
  {
    name: 'rows with a time that are split at random',
    spec: 'payments',
    change: [['split by at {', 'split by random {']],
    code: 'MLP4101',
    at: 'random',
    path: ['at'],
    hint: /write `split by at`/,
    repair: [['split by random {', 'split by at {']],
  },
  {
    name: 'a truth value that was made a number',
    spec: 'payments',
    change: [['label fraud = chargeback', 'label fraud = if chargeback then 1 else 0']],
    code: 'MLP5515',
    at: 'if chargeback then 1 else 0',
    hint: /write `label fraud = chargeback`/,
    repair: [['label fraud = if chargeback then 1 else 0', 'label fraud = chargeback']],
  },
  {
    name: 'a gate that lets the worse models through',
    spec: 'payments',
    change: [['require average_precision >= 0.3', 'require average_precision <= 0.3']],
    code: 'MLP5104',
    at: 'average_precision <= 0.3',
    hint: /`average_precision >= 0\.3`/,
    repair: [['require average_precision <= 0.3', 'require average_precision >= 0.3']],
  },
  {
    name: 'a first run without a champion',
    spec: 'payments',
    change: [['(champion.auc ?? 0.8)', 'champion.auc']],
    code: 'MLP3003',
    at: 'auc >= champion.auc - 0.01',
    path: ['champion.auc'],
    hint: 'say what holds on the first run, as in `(champion.auc ?? 0.65)`',
    repair: [['>= champion.auc - 0.01', '>= (champion.auc ?? 0.65) - 0.01']],
  },
  {
    name: 'personal data through a join',
    spec: 'payments',
    change: [
      ['  use channel\n', '  join cards as c on c.card == card\n  age = c.holder_age ?? 0\n  use channel\n'],
    ],
    code: 'MLP4201',
    at: 'c.holder_age',
    path: ['holder_age'],
    hint: 'mask it: `bucket(c.holder_age, 10)` (`import std.privacy { bucket }`), or remove `age`',
    repair: [
      ['age = c.holder_age ?? 0', 'age = bucket(c.holder_age, 10) ?? 0'],
      ['import std.privacy { hash }', 'import std.privacy { hash, bucket }'],
    ],
  },
  {
    name: 'a canary that cannot decide',
    spec: 'pumps',
    change: [['canary { 10% for 30min, 100% }', 'canary { 10% for 5min, 100% }']],
    code: 'MLP5301',
    at: '5min',
    path: ['20rps', 'error_rate'],
    hint: 'let it last 8min, or take a larger share',
    repair: [['10% for 5min', '10% for 8min']],
  },
  {
    name: 'a retraining loop without a pause',
    spec: 'payments',
    change: [['  cooldown 12h\n', '']],
    code: 'MLP5402',
    at: 'alert(fraud_watch)',
    path: ['fraud_api', 'fraud_watch'],
    hint: /write `cooldown 6h`/,
    repair: [['  on alert(fraud_watch)\n', '  on alert(fraud_watch)\n  cooldown 6h\n']],
  },
];
