import type { RegisteredModel, StepOutcome } from '../engine/events.ts';
import type { NotRun } from '../store/records.ts';
import { heading, type Page } from './report.ts';
import { errorsOf, type RunReport } from './run-report.ts';
import { clean, durationText, scoreText, wrap } from './style.ts';

/** What went wrong, what was not run, and what has come of the run. */
export function endSection(page: Page, report: RunReport): string[][] {
  return [errorLines(page, report), notRunLines(page, report), resultLines(page, report)];
}

function errorLines(page: Page, report: RunReport): string[] {
  const { style, width } = page;
  const errors = errorsOf(report);
  if (errors.length === 0) return [];
  return [
    heading(page, 'Errors'),
    ...errors.flatMap(({ step, code, message, hint, at }) => {
      const position = at === undefined ? undefined : report.positions?.[at];
      const where = position ? `${position.file}:${position.line}:${position.column}` : '';
      const [first = '', ...more] = message.split('\n').flatMap(line => wrap(clean(line), width - 6));
      return [
        `  ${style.red('✗')} ${style.bold(step ?? 'the run')} ${style.dim([code, where].filter(Boolean).join(' · '))}`,
        ...[first, ...more].map(line => `    ${line}`),
        ...(hint
          ? hint
              .split('\n')
              .flatMap(line => wrap(`hint: ${clean(line)}`, width - 6))
              .map(line => `    ${style.cyan(line)}`)
          : []),
      ];
    }),
  ];
}

function notRunLines(page: Page, report: RunReport): string[] {
  const skipped = report.steps.filter(step => step.status === 'skipped');
  const because = new Map<string, string[]>();
  const add = (why: string, text: string) => because.set(why, [...(because.get(why) ?? []), text]);
  for (const step of report.notRun) add(step.why, nameOf(step));
  for (const step of skipped) add('a step before it did not succeed', nameOf(step));
  for (const step of report.steps.filter(({ status, attempts }) => status === 'cancelled' && attempts === 0))
    add('cancelled', nameOf(step));
  if (because.size === 0) return [];
  const lines = [...because].flatMap(([why, names]) => {
    const [first = '', ...more] = wrap(`${names.join(', ')} (${why})`, page.width - 6);
    return [`  ${page.style.dim('·')} ${first}`, ...more.map(line => `    ${line}`)];
  });
  return [heading(page, 'Not run'), ...lines];
}

const nameOf = (step: Pick<NotRun, 'kind' | 'of'>) => `${step.kind} ${step.of}`;

function resultLines(page: Page, report: RunReport): string[] {
  const { style } = page;
  const cached = report.steps.filter(step => step.cached);
  const ran = report.steps.filter(step => !step.cached && step.attempts > 0);
  const took = report.ended === null ? '' : durationText(report.ended - report.started);
  const saved = cached.reduce((sum, step) => sum + step.took, 0);
  const counts = [
    ...(ran.length > 0 ? [`${ran.length} ${ran.length === 1 ? 'step' : 'steps'} run`] : []),
    ...(cached.length > 0
      ? [`${cached.length} from the cache${saved > 500 ? ` (${durationText(saved)} saved)` : ''}`]
      : []),
    ...(took ? [took] : []),
    `run ${report.run}`,
  ];
  return [
    heading(page, 'Result'),
    `  ${verdictText(page, report)}`,
    ...report.registered.flatMap(model => registeredLines(page, model)),
    ...changedLines(page, ran),
    `  ${style.dim(counts.join(' · '))}`,
  ];
}

function verdictText({ style }: Page, report: RunReport): string {
  const of = (status: StepOutcome['status']) =>
    report.steps
      .filter(step => step.status === status)
      .map(step => step.step)
      .join(', ');
  if (report.nothingChanged && report.status === 'succeeded')
    return `${style.green('✓')} nothing changed: everything was there already`;
  switch (report.status) {
    case 'succeeded':
      return `${style.green('✓')} done`;
    case 'refused':
      return `${style.red('✗')} refused by ${of('refused')}${report.nothingChanged ? ' (nothing changed since it was judged)' : ''}`;
    case 'failed':
      return `${style.red('✗')} ${of('failed') ? `failed in ${of('failed')}` : 'stopped'}; what was done is kept, the next run goes on from there`;
    case 'running':
      return `${style.cyan('…')} still running`;
    default:
      return `${style.yellow('■')} ${report.status}; what was done is kept, the next run goes on from there`;
  }
}

/** What has come of a registered model, in words. */
export function registeredText({ model, version, isNew, replaced, withheld }: RegisteredModel) {
  const name = `${model} version ${version.version}`;
  const champion = version.aliases.includes('champion');
  const score = Object.entries(version.metrics)[0];
  const scored = score ? ` (${score[0]} ${scoreText(score[1])})` : '';
  const became =
    replaced === null ? ', the first one' : replaced === undefined ? '' : `; it replaces version ${replaced}`;
  const is = champion
    ? replaced === undefined
      ? 'is champion, as before'
      : `is now champion${became}`
    : `is ${version.aliases.includes('candidate') ? 'candidate' : isNew ? 'registered' : 'known already'}`;
  return { name, champion, text: `${is}${scored}`, note: champion ? null : withheld };
}

function registeredLines({ style, width }: Page, registered: RegisteredModel): string[] {
  const { name, champion, text, note } = registeredText(registered);
  const star = champion ? style.green('★') : style.yellow('☆');
  return [
    `  ${star} ${style.bold(name)} ${text}`,
    ...(note ? wrap(note, width - 6).map(line => `    ${line}`) : []),
  ];
}

/** Why steps ran again, the first of each chain: those below say only that these changed. */
function changedLines({ style, width }: Page, ran: readonly StepOutcome[]): string[] {
  const causes = ran.filter(step => step.why.some(why => /declaration|files of|parameters|code/.test(why)));
  return causes
    .slice(0, 4)
    .flatMap(step =>
      wrap(`${step.step} ran again: ${step.why.join(', ')}`, width - 4).map(line => `  ${style.dim(line)}`),
    );
}
