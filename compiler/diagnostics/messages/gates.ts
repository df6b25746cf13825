import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

type Where = 'gate' | 'validation' | 'check' | 'monitor' | 'rollback';
interface Facts {
  readonly text: string;
  /** `auc lies in 0..1`, one a number. */
  readonly ranges: readonly string[];
  readonly where: Where;
  readonly severity: 'require' | 'warn' | 'alert';
  readonly name: string;
  /** Always, on the first run, or once there is something to compare with. */
  readonly when: When;
}
type When = 'always' | 'first' | 'later';

const moments: Readonly<Record<When, string>> = {
  always: '',
  first: ' on the first run, when there is nothing to compare with',
  later: ' once there is something to compare with',
};

const because = (ranges: readonly string[]): string => (ranges.length === 0 ? '' : `: ${ranges.join(', ')}`);

/** What follows from a condition that never holds. */
function never({ where, severity, name }: Facts): string {
  if (where === 'monitor') return `\`${name}\` would never ${severity === 'alert' ? 'alert' : 'warn'}`;
  if (where === 'rollback') return `\`${name}\` would never be rolled back`;
  if (severity === 'warn') return `it would warn every time`;
  if (where === 'gate') return `no version of \`${name}\` could ever be promoted`;
  if (where === 'check') return `\`${name}\` could never be deployed`;
  return 'no data could ever pass';
}
function always({ where, severity, name }: Facts): string {
  if (where === 'monitor') return `\`${name}\` would ${severity === 'alert' ? 'alert' : 'warn'} every time`;
  if (where === 'rollback') return `\`${name}\` would be rolled back at once`;
  if (severity === 'warn') return 'it never warns';
  if (where === 'gate') return 'it keeps no model back';
  return 'it checks nothing';
}

/** `recall >= 40` is most likely meant as a percentage. */
function insideRange({ text, ranges }: Facts): string {
  const number = / (?:>=|>|<=|<) (\d+(?:\.\d+)?)$/.exec(text)?.[1];
  const share = ranges.length > 0 && ranges.every(range => range.endsWith(' lies in 0..1'));
  const percent = number !== undefined && share && Number(number) >= 5 && Number(number) < 100;
  return `write a bound inside that range${percent ? `, such as \`${number}%\`` : ''}`;
}

const list = (texts: readonly string[]): string => texts.map(text => `\`${text}\``).join(', ');

const gated = (rules: string): string => example({ model: `${MODEL}\n  promote {\n    ${rules}\n  }` });

/** Messages about gates, tasks and metrics: codes MLP5001 to MLP5999. */
export const gatesMessages = {
  impossible: defineMessage<Facts>({
    code: 'MLP5101',
    severity: 'error',
    title: 'A condition that can never hold',
    message: facts => `\`${facts.text}\` can never hold${moments[facts.when]}${because(facts.ranges)}`,
    hint: facts =>
      facts.when === 'later'
        ? 'it would hold on the first run and never again; ask for what a later version can reach'
        : `${never(facts)}; ${facts.when === 'first' ? 'say with `??` what holds on the first run' : insideRange(facts)}`,
    explanation: {
      text: 'Metrics, shares and columns have ranges, and a condition that asks for something outside them never holds. A gate with such a condition refuses every model, a validation all data, and an alert never fires.',
      wrong: gated('require auc >= 1.2'),
      right: gated('require auc >= 0.7'),
    },
  }),
  vacuous: defineMessage<Facts>({
    code: 'MLP5102',
    severity: 'error',
    title: 'A condition that always holds',
    message: facts => `\`${facts.text}\` always holds${moments[facts.when]}${because(facts.ranges)}`,
    hint: facts => `${always(facts)}; write a bound that can be missed, or remove the condition`,
    explanation: {
      text: 'A condition that holds whatever the data are like looks like a safeguard and is none.',
      wrong: gated('require auc >= 0.0'),
      right: gated('require auc >= 0.7'),
    },
  }),
  contradictory: defineMessage<{
    text: string;
    others: readonly string[];
    where: Where;
    name: string;
    when: When;
  }>({
    code: 'MLP5103',
    severity: 'error',
    title: 'Conditions that exclude each other',
    message: ({ text, others, when }) =>
      `\`${text}\` and ${list(others)} can never hold together${moments[when]}`,
    hint: ({ where, name }) =>
      where === 'gate'
        ? `no version of \`${name}\` could ever be promoted: change one of the bounds, or remove one condition`
        : 'change one of the bounds, or remove one condition',
    explanation: {
      text: 'All `require` conditions of a block must hold at once. Where they leave no value over, the block refuses everything.',
      wrong: gated('require auc >= 0.9\n    require auc in 0.5..0.8'),
      right: gated('require auc >= 0.7\n    require auc in 0.5..0.99'),
    },
  }),
  inverted: defineMessage<{
    text: string;
    metric: string;
    direction: 'higher' | 'lower';
    where: Where;
    name: string;
    /** The condition turned round, where it is one comparison. */
    instead: string | undefined;
  }>({
    code: 'MLP5104',
    severity: 'error',
    title: 'A condition that asks for worse',
    message: ({ text, metric, direction, where }) =>
      where === 'monitor' || where === 'rollback'
        ? `\`${text}\` fires when \`${metric}\` is good: ${direction} is better`
        : where === 'validation'
          ? `\`${text}\` refuses the better data: for \`${metric}\` ${direction} is better`
          : `\`${text}\` refuses the better models: for \`${metric}\` ${direction} is better`,
    hint: ({ metric, direction, where, instead }) => {
      const turned = `turn the comparison round${instead === undefined ? '' : `, \`${instead}\``}, so that it`;
      return where === 'monitor' || where === 'rollback'
        ? `${turned} fires when \`${metric}\` is too ${direction === 'higher' ? 'low' : 'high'}`
        : `${turned} asks for ${direction === 'higher' ? 'at least' : 'at most'} that much`;
    },
    explanation: {
      text: 'A metric declares which direction is better. A gate that only bounds it from the better side keeps the good models back and lets the bad ones through; an alert that does so sounds when all is well.',
      wrong: gated('require auc <= 0.7'),
      right: gated('require auc >= 0.7'),
    },
  }),
  perfect: defineMessage<{ text: string; metric: string; best: number; name: string }>({
    code: 'MLP5106',
    severity: 'warning',
    title: 'A first run that only a perfect model passes',
    message: ({ text, metric, best }) =>
      `\`${text}\` asks for ${metric} ${best} on the first run, when there is nothing to compare with: a perfect model`,
    hint: () =>
      'what stands behind `??` is taken for the champion then: let it be a value that a first version can reach',
    explanation: {
      text: 'Before there is a champion, the value behind `??` stands for it. A zero, which asks for nothing where higher is better, asks for everything where lower is better: no first version is ever promoted, and so there never is a champion.',
      wrong: gated('require log_loss <= (champion.log_loss ?? 0.0) * 1.01'),
      right: gated('require log_loss <= (champion.log_loss ?? 0.6) * 1.01'),
    },
  }),
  implied: defineMessage<{
    text: string;
    others: readonly string[];
    where: Where;
    severity: 'require' | 'warn' | 'alert';
  }>({
    code: 'MLP5105',
    severity: 'warning',
    title: 'A condition that adds nothing to the others',
    message: ({ text, others, where, severity }) => {
      if (where === 'monitor') return `\`${text}\` is met only when ${list(others)} is met too`;
      const holds = `holds whenever ${list(others)} ${others.length > 1 ? 'hold' : 'holds'}`;
      return severity === 'warn' ? `\`${text}\` never warns: it ${holds}` : `\`${text}\` ${holds}`;
    },
    hint: ({ where }) =>
      where === 'monitor'
        ? 'let the milder condition be met earlier than the more serious one, or remove it'
        : 'remove it, or ask for more than the others do',
    explanation: {
      text: 'A condition that holds whenever the others of its block hold decides nothing. Often two bounds were swapped, or a bound was changed in one place and not in the other. In a monitor a warning should come before the alert, so its bound lies nearer to what is normal.',
      wrong: gated('require auc >= 0.7\n    require auc >= 0.65'),
      right: gated('require auc >= 0.7\n    require log_loss <= 0.6'),
    },
  }),
} as const;
