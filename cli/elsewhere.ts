/** What is done by another command than the one that one may look for. */
const elsewhere: Readonly<Record<string, string>> = {
  score: 'a deployment with `score SOURCE into SINK` scores in a batch: mlp run DEPLOYMENT',
  predict:
    'mlp serve DEPLOYMENT answers requests; mlp run DEPLOYMENT scores in a batch (`score SOURCE into SINK`)',
  train: 'mlp run MODEL',
  evaluate: 'a run evaluates what it trains: mlp run MODEL',
  promote: 'mlp models MODEL --promote VERSION',
  backfill: 'mlp run GOAL --from TIME --to TIME',
  materialize: 'mlp features materialize',
};

/** A hint for commander's message about a command that there is not. */
export function elsewhereHint(message: string): string | undefined {
  const name = /unknown command '([^']+)'/.exec(message)?.[1] ?? '';
  return Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
}
