/**
 * A project of 200 files and about 20,000 lines as a team has it: 20 areas, each with a file of schemas, one of sources and
 * their validations, four of feature views and four of models; files import what they use from each other.
 */
export function generateTeam(): Map<string, string> {
  const files = new Map<string, string>();
  for (let area = 0; area < 20; area++) {
    files.set(`area${area}/schemas.mlp`, schemas(area));
    files.set(`area${area}/sources.mlp`, sources(area));
    for (let i = 0; i < 4; i++) {
      files.set(`area${area}/views${i}.mlp`, views(area, i));
      files.set(`area${area}/models${i}.mlp`, models(area, i));
    }
  }
  return files;
}

/** A file that nothing imports. */
export const LEAF = 'area7/models2.mlp';

const NUMBERS = Array.from({ length: 12 }, (_, i) => i);
const TABLES = [0, 1, 2, 3, 4];

const join = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

const schemas = (area: number): string =>
  join(
    TABLES.flatMap(i => [
      `/// Events ${i} of area ${area}.`,
      `schema Event${area}x${i} {`,
      '  at: datetime @event_time',
      '  place: string matching r"[A-Z]{3}"',
      ...NUMBERS.map(n => `  n${n}: float in 0..${100 + n}`),
      '  outcome: int in 0..100 @known_after(1d)',
      '}',
      '',
    ]),
  );

const sources = (area: number): string =>
  join([
    'import std.sources { csv }',
    `import "./schemas.mlp" { ${TABLES.map(i => `Event${area}x${i}`).join(', ')} }`,
    '',
    ...TABLES.flatMap(i => [
      `source events${area}x${i}: Event${area}x${i} = csv("data/events${area}x${i}.csv") {`,
      '  quarantine up to 1%',
      '  fresh within 26h',
      '}',
      '',
      `validation sound${area}x${i} on events${area}x${i} {`,
      '  require count() >= 100',
      ...NUMBERS.map(n => `  require mean(n${n}) in 1..50`),
      '}',
      '',
    ]),
  ]);

const views = (area: number, file: number): string =>
  join([
    `import "./sources.mlp" { ${TABLES.map(i => `events${area}x${i}`).join(', ')} }`,
    '',
    `function near${area}x${file}(x: float) -> bool = x > 3.5 and x < 10.0`,
    '',
    ...TABLES.flatMap(i => [
      `/// What is known of events ${i}.`,
      `features View${area}x${file}x${i} from events${area}x${i} at at {`,
      '  use place',
      '  hour = hour(at)',
      ...NUMBERS.map(n => `  f${n} = log1p(n${n}) + n${(n + 1) % 12} * 2.0`),
      `  close = near${area}x${file}(n2)`,
      '  recent = mean(n3 over 7d by place) ?? 0.0',
      '  label bad = outcome > 15',
      '}',
      '',
    ]),
  ]);

const models = (area: number, file: number): string =>
  join([
    'import std.learn { gradient_boosting, logistic_regression }',
    'import std.metrics { auc, log_loss }',
    `import "./views${file}.mlp" { ${TABLES.map(i => `View${area}x${file}x${i}`).join(', ')} }`,
    '',
    ...TABLES.flatMap(i => [
      `/// Predicts the outcome of events ${i}.`,
      `model model${area}x${file}x${i} {`,
      `  features View${area}x${file}x${i}`,
      '  predict bad',
      '  split by at { train 70%  validation 15%  test 15% }',
      '  train gradient_boosting(rounds: 100, depth: 5)',
      '  baseline logistic_regression()',
      '  seed 1',
      '  evaluate auc, log_loss by place',
      '  promote {',
      '    require auc >= 0.6',
      '    require auc > baseline.auc',
      '    require log_loss <= 0.9',
      '  }',
      '}',
      '',
    ]),
  ]);
