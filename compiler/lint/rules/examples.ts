/** The small project that the examples of the rules vary; no rule of `mlp:strict` says anything of it. */
export const VISITS = project();

export interface Parts {
  readonly imports?: string;
  /** More columns of the schema. */
  readonly columns?: string;
  /** What stands in the braces of the source. */
  readonly source?: string;
  /** Rules of the validation; an empty text leaves it out. */
  readonly validation?: string;
  /** Items of the view before its label. */
  readonly features?: string;
  readonly label?: string;
  readonly split?: string;
  readonly train?: string;
  readonly seed?: string;
  readonly baseline?: string;
  readonly evaluate?: string;
  /** Rules of the gate; an empty text leaves it out. */
  readonly gate?: string;
  /** More items of the model. */
  readonly model?: string;
  /** More declarations. */
  readonly more?: string;
}

/** Visits of a shop's site: will the visitor buy? */
export function project(parts: Parts = {}): string {
  const {
    validation = 'require count() >= 100_000',
    gate = 'require auc >= 0.7\n    require auc > baseline.auc',
  } = parts;
  const source = parts.source === undefined ? '' : ` {\n  ${parts.source}\n}`;
  const lines = (text: string | undefined): string => (text ? `\n  ${text}` : '');
  const evaluate = parts.evaluate ?? 'evaluate auc, log_loss by site';
  const metrics = ['auc', 'log_loss', 'accuracy', 'rmse', 'macro_f1'].filter(name =>
    new RegExp(`\\b${name}\\b`).test(`${evaluate} ${gate} ${parts.model ?? ''}`),
  );
  return `import std.sources { csv }
import std.learn { ${trainers(parts).join(', ')} }
import std.metrics { ${metrics.join(', ')} }
${parts.imports === undefined ? '' : `${parts.imports}\n`}
/// One visit, as the shop's log has it.
schema Visit {
  day: datetime @event_time
  site: string
  pages: int in 0..1000
  seconds: float in 0.0..86_400.0 @unit("s")
  bought: bool @known_after(1d)${lines(parts.columns)}
}

source visits: Visit = csv("data/visits.csv")${source}
${validation === '' ? '' : `\nvalidation visits_sound on visits {\n  ${validation}\n}\n`}
/// What is known of a visit while it lasts.
features Interest from visits at day {
  ${parts.features ?? 'use site, pages, seconds'}
  ${parts.label ?? 'label buys = bought'}
}

/// Who will buy?
model buyers {
  features Interest
  predict buys
  ${parts.split ?? 'split by day { train 70%  validation 15%  test 15% }'}
  ${parts.train ?? 'train gradient_boosting(rounds: 50)'}${lines(parts.baseline ?? `baseline ${/rmse/.test(evaluate) ? 'linear_regression()' : 'logistic_regression()'}`)}${lines(parts.seed ?? 'seed 1')}
  ${evaluate}${lines(parts.model)}${gate === '' ? '' : `\n  promote {\n    ${gate}\n  }`}
}

test "a visit" of Interest {
  given { day: 2024-03-01T10:00, site: "shop", pages: 3, seconds: 60.0, bought: true }
  expect buys
}
${parts.more === undefined ? '' : `\n${parts.more}\n`}`;
}

function trainers(parts: Parts): string[] {
  const text = `${parts.train ?? 'gradient_boosting'} ${parts.baseline ?? (/rmse/.test(parts.evaluate ?? '') ? 'linear_regression' : 'logistic_regression')}`;
  return ['gradient_boosting', 'logistic_regression', 'linear_regression', 'constant'].filter(name =>
    text.includes(name),
  );
}

export interface DeployedParts extends Parts {
  /** Items of the deployment after `serve`. */
  readonly deployment?: string;
  /** Items of the monitor; an empty text leaves it out. */
  readonly monitor?: string;
  /** Items of the pipeline after its goal; an empty text leaves it out. */
  readonly pipeline?: string;
}

/** The same, answered online and watched. */
export function deployed(parts: DeployedParts = {}): string {
  const {
    deployment = 'traffic 50rps\n  rollout canary { 5% for 1h, 100% }\n  rollback when error_rate > 1%',
    monitor = 'every 1d over 7d\n  alert error_rate > 5%\n  notify slack(secret("SLACK_WEBHOOK"))',
    pipeline = 'on schedule("0 3 * * *")\n  timeout 2h\n  notify slack(secret("SLACK_WEBHOOK")) on failure',
    more,
    ...rest
  } = parts;
  const block = (head: string, items: string): string => (items === '' ? '' : `\n\n${head} {\n  ${items}\n}`);
  const slack = /slack\(/.test(monitor + pipeline) ? 'import std.notify { slack }' : undefined;
  const imports = [slack, parts.imports].filter(line => line !== undefined).join('\n');
  return project({
    source: 'fresh within 26h',
    ...rest,
    ...(imports === '' ? {} : { imports }),
    more: `/// Answers while the visitor is there.${block('deployment buyers_api', `serve buyers\n  ${deployment}`).slice(1)}${block('monitor buyers_watch on buyers_api', monitor)}${block('pipeline nightly', pipeline === '' ? '' : `run buyers_api\n  ${pipeline}`)}${more === undefined ? '' : `\n\n${more}`}`,
  });
}
