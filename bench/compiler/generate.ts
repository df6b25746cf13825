/** A project of about `lines` lines over several files that checks without errors: schemas, sources, views, models. */
export function generateProject(lines: number): Map<string, string> {
  const files = new Map<string, string>();
  const perFile = 250;
  for (let i = 0, made = 0; made < lines; i++) {
    const text = generateFile(i, Math.min(perFile, lines - made));
    made += text.split('\n').length - 1;
    files.set(`part${i}.mlp`, text);
  }
  return files;
}

const HEADER = [
  'import std.sources { csv }',
  'import std.learn { gradient_boosting, logistic_regression }',
  'import std.metrics { auc, log_loss }',
  '',
];

function generateFile(index: number, lines: number): string {
  const text = [...HEADER];
  for (let block = 0; text.length < lines; block++) text.push(...generateBlock(`${index}x${block}`));
  return `${text.join('\n')}\n`;
}

function generateBlock(id: string): string[] {
  const numbers = Array.from({ length: 12 }, (_, i) => i);
  return [
    `/// Events of block ${id}.`,
    `schema Event${id} {`,
    '  at: datetime @event_time',
    '  place: string matching r"[A-Z]{3}"',
    ...numbers.map(i => `  /// Measure ${i}.\n  n${i}: float in 0..${100 + i}`).flatMap(l => l.split('\n')),
    '  outcome: int in 0..100 @known_after(1d)',
    '}',
    `source events${id}: Event${id} = csv("data/${id}.csv") { quarantine up to 1% }`,
    `validation sound${id} on events${id} {`,
    '  require count() >= 100',
    '  require mean(n1) in 0..50',
    '}',
    `function near${id}(x: float) -> bool = x > 3.5 and x < 10.0`,
    `features View${id} from events${id} at at {`,
    '  use place',
    '  hour = hour(at)',
    ...numbers.map(i => `  f${i} = log1p(n${i}) + n${(i + 1) % 12} * 2.0`),
    `  close = near${id}(n2)`,
    '  recent = mean(n3 over 7d by place) ?? 0.0',
    '  label bad = outcome > 15',
    '}',
    `model model${id} {`,
    `  features View${id}`,
    '  predict bad',
    '  split by at { train 70%  validation 15%  test 15% }',
    '  train gradient_boosting(rounds: 100, depth: 5)',
    '  baseline logistic_regression()',
    '  seed 1',
    '  evaluate auc, log_loss by place',
    '  promote {',
    '    require auc >= 0.6',
    '    require auc > baseline.auc',
    '  }',
    '}',
    '',
  ];
}
