/** One change of a correct spec each, through all that the types know: what is replaced, and by what. */
export type Change = readonly [spec: string, from: string, to: string];

/** … that is a mistake: its code, and the characters that are named. */
export const wrong: readonly (readonly [...Change, code: string, at: string])[] = [
  // types
  ['clinic', 'far = log1p(distance)', 'far = log1p(doctor)', 'MLP3001', 'doctor'],
  ['clinic', 'far = log1p(distance)', 'far = log1p(distanse)', 'MLP2001', 'distanse'],
  ['clinic', 'share(distance < 300.0) >= 95%', 'share(distance < 600.0) >= 95%', 'MLP5102', '95%'],
  ['solar', 'heat = heat', 'hot = heat > power', 'MLP3007', '>'],
  ['clinic', 'hour(starts, "Europe/Vienna")', 'hour(starts, "Europe/Wien")', 'MLP3116', '"Europe/Wien"'],
  // leakage
  ['clinic', 'use doctor, reminder', 'use doctor, reminder, came', 'MLP4001', 'came'],
  ['clinic', 'far = log1p(distance)', 'far = if came then 1.0 else log1p(distance)', 'MLP4001', 'came'],
  // availability
  [
    'clinic',
    'far = log1p(distance)',
    'far = log1p(distance)\n  words = length(note ?? "")',
    'MLP4002',
    'note',
  ],
  ['solar', 'at at + 5min {', 'at at {', 'MLP4002', 'heat'],
  ['solar', 'readings where broken over 7d', 'readings where broken over 2h', 'MLP4003', '2h'],
  ['solar', 'within 3h', 'within 20min', 'MLP4005', '20min'],
  [
    'solar',
    'last_day = mean(power over 1d',
    'last_day = mean(power over next 1d',
    'MLP4004',
    'mean(power over next 1d by panel)',
  ],
  // time
  ['clinic', 'split by booked', 'split by random', 'MLP4101', 'random'],
  [
    'solar',
    'mean(power over next horizon by panel)',
    'mean(power over horizon by panel)',
    'MLP4103',
    'horizon',
  ],
  ['solar', 'test last 30d', 'test last 30min', 'MLP4102', 'test last 30min'],
  ['clinic', '  predict absent', '  predict absent\n  where not came', 'MLP4104', 'not came'],
  // task, gates
  ['clinic', 'require auc >= 0.65\n', 'require auc >= 1.1\n', 'MLP5101', '1.1'],
  ['clinic', 'require auc >= 0.65\n', 'require auc > 0.0 - 0.1\n', 'MLP5102', '0.0 - 0.1'],
  ['solar', 'require mae <= 400.0\n', 'require mae >= 400.0\n', 'MLP5104', 'mae >= 400.0'],
  ['solar', 'evaluate mae, rmse by panel', 'evaluate mae, rmse, auc by panel', 'MLP2002', 'auc'],
  [
    'solar',
    'train gradient_boosting(rounds: 300)',
    'train gradient_boosting(rounds: 300)\n  threshold 0.5',
    'MLP5509',
    'threshold 0.5',
  ],
  ['clinic', 'maximize auc with', 'minimize auc with', 'MLP5508', 'auc'],
  [
    'clinic',
    'log_loss < baseline.log_loss',
    'log_loss < baseline.log_loss\n    require log_loss < baseline.log_loss - 2.0',
    'MLP5105',
    'log_loss < baseline.log_loss',
  ],
  // first run
  ['clinic', '(champion.auc ?? 0.65)', 'champion.auc', 'MLP3003', 'auc >= champion.auc - 0.01'],
  ['solar', '  baseline linear_regression()\n', '', 'MLP5504', 'baseline'],
  [
    'solar',
    '(psi(power, against: previous) ?? 0.0)',
    'psi(power, against: previous)',
    'MLP3003',
    'psi(power, against: previous) < 0.2',
  ],
  [
    'solar',
    '(champion.mae ?? 400.0) + 5.0',
    '(champion.mae ?? 0.0) - 5.0',
    'MLP5101',
    'mae <= (champion.mae ?? 0.0) - 5.0',
  ],
  // personal
  [
    'clinic',
    'age = bucket(2025 - (p.born ?? 1980), 10)',
    'age = 2025 - (p.born ?? 1980)',
    'MLP4201',
    'p.born',
  ],
  ['solar', 'size = p.size ?? 0.0', 'size = p.size ?? 0.0\n  who = p.owner ?? "?"', 'MLP4201', 'p.owner'],
  ['clinic', 'by doctor\n', 'by doctor, name\n', 'MLP2011', 'name'],
  // missing
  ['solar', 'size = p.size ?? 0.0', 'size = p.size', 'MLP5505', 'size'],
  // deployment
  ['solar', 'canary { 10% for 10min,', 'canary { 1% for 1min, ', 'MLP5301', '1min'],
  [
    'solar',
    'canary { 10% for 10min, 50% for 10min, 100% }',
    'canary { 50% for 10min, 10% for 10min, 100% }',
    'MLP3114',
    '10%',
  ],
  ['solar', '  labels from Next on panel\n', '', 'MLP5511', 'mae'],
  ['solar', '50% for 10min, 100% }', '50% for 10min }', 'MLP3114', '50%'],
  [
    'clinic',
    'url: secret("CLINIC_URL")',
    'url: "postgres://ml:pw@db/clinic"',
    'MLP3113',
    '"postgres://ml:pw@db/clinic"',
  ],
  [
    'clinic',
    'slack(secret("SLACK"))',
    'slack("https://hooks.slack.com/services/T0/B0/abc")',
    'MLP3113',
    '"https://hooks.slack.com/services/T0/B0/abc"',
  ],
  // triggers
  ['clinic', '"30 4 * * *"', '"30 25 * * *"', 'MLP3115', '25'],
  ['clinic', 'Europe/Vienna")\n  timeout', 'Europe/Wien")\n  timeout', 'MLP3116', '"Europe/Wien"'],
  ['solar', 'timeout 40min', 'timeout 2h', 'MLP5401', '2h'],
  ['solar', '  cooldown 6h\n', '', 'MLP5402', 'alert(power_watch)'],
  // environments
  ['solar', '  source panels = parquet("s3://sun/panels.parquet")\n', '', 'MLP5603', 'kubernetes'],
  ['solar', 'artifacts: "s3://sun" }', 'artifact: "s3://sun" }', 'MLP3011', 'artifact'],
  [
    'solar',
    '  deploy after approval("grid-team")\n}',
    '  deploy after approval("grid-team")\n  source wether = parquet("s3://x/y.parquet")\n}',
    'MLP2001',
    'wether',
  ],
  ['clinic', 'sink guesses: Guess', 'sink guesses: Patient', 'MLP5309', 'guesses'],
];

/** … that comes near to one of them, and is none. */
export const right: readonly Change[] = [
  [
    'clinic',
    'far = log1p(distance)',
    'far = log1p(distance)\n  came_before = share(came over 720d by doctor) ?? 0.5',
  ],
  ['clinic', '  predict absent', '  predict absent\n  where distance < 100.0'],
  ['clinic', 'split by booked', 'split by group doctor'],
  ['clinic', 'require auc >= 0.65\n', 'require auc > 0.5\n'],
  ['solar', 'within 3h', 'within 40min'],
  ['solar', 'over 7d by panel)', 'over 3h by panel)'],
  ['solar', 'at at + 5min {', 'at at + 2h {'],
  [
    'solar',
    'mean(power over next horizon by panel) ?? 0.0',
    '(mean(power over next horizon by panel) ?? 0.0) - (mean(power over 1h by panel) ?? 0.0)',
  ],
  ['solar', 'test last 30d', 'test last 1h'],
  ['solar', 'require mae <= 400.0\n', 'require mae < 600.0\n'],
  ['solar', '(champion.mae ?? 400.0) + 5.0', '(champion.mae ?? 380.0) * 1.02'],
  ['clinic', 'age = bucket(2025 - (p.born ?? 1980), 10)', 'age = bucket(2025 - (p.born ?? 1980), 5)'],
  ['solar', 'canary { 10% for 10min,', 'canary { 10% for 5min, '],
  ['solar', 'canary { 10% for 10min, 50% for 10min, 100% }', 'blue_green'],
  ['solar', '  on alert(power_watch)\n  cooldown 6h\n', ''],
  ['solar', 'timeout 40min', 'timeout 60min'],
  ['solar', 'size = p.size ?? 0.0', 'size = p.size ?? 1.0'],
];
