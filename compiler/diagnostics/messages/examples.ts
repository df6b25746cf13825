/** The small project that the examples of messages vary. Parts are text of the language, put in their places. */
export interface ExampleParts {
  /** Import lines, beside those that the rest needs. */
  readonly imports?: string;
  /** More columns of the schema. */
  readonly columns?: string;
  /** What stands in the braces of the source. */
  readonly source?: string;
  /** Items of the view; by default two features and the label. */
  readonly view?: string;
  readonly moment?: string;
  /** Items of the model; left out, there is no model. */
  readonly model?: string;
  /** More declarations. */
  readonly more?: string;
}

const VIEW = `use site
  pages = pages
  label buys = bought`;

/** Items of a whole model, to be varied by `replace`. */
export const MODEL = `features Interest
  predict buys
  split by time { train 70%  validation 15%  test 15% }
  train gradient_boosting(rounds: 50)
  seed 1
  evaluate auc, log_loss by site`;

/** Visits of a shop's site: will the visitor buy? */
export function example(parts: ExampleParts = {}): string {
  const learn = parts.model === undefined ? '' : learning(parts.model);
  const source = parts.source === undefined ? '' : ` {\n  ${parts.source}\n}`;
  return `import std.sources { csv }
${learn}${parts.imports === undefined ? '' : `${parts.imports}\n`}
enum Plan { free, team, business }

schema Visit {
  day: datetime @event_time
  site: string
  plan: Plan
  pages: int in 0..1000
  seconds: float? in 0..86_400 @unit("s")
  bought: bool @known_after(1d)${parts.columns === undefined ? '' : `\n  ${parts.columns}`}
}

source visits: Visit = csv("data/visits.csv")${source}

features Interest from visits${parts.moment ?? ' at day'} {
  ${parts.view ?? VIEW}
}
${parts.model === undefined ? '' : `\nmodel buyers {\n  ${parts.model}\n}\n`}${parts.more === undefined ? '' : `\n${parts.more}\n`}`;
}

function learning(model: string): string {
  const used = (names: readonly string[]): string =>
    names.filter(name => new RegExp(`\\b${name}\\b`).test(model)).join(', ');
  const trainers = used(['gradient_boosting', 'logistic_regression', 'linear_regression', 'constant']);
  const metrics = used(['auc', 'log_loss', 'accuracy', 'rmse', 'mae', 'precision']);
  return `${trainers ? `import std.learn { ${trainers} }\n` : ''}${metrics ? `import std.metrics { ${metrics} }\n` : ''}`;
}
