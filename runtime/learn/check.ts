/** What every trainer demands of its rows, said in one place and in the same words. */

import { LearnError } from './errors.ts';
import type { Frame, Target, Trainer } from './types.ts';

/**
 * Throws `wrong-task`, `no-rows`, `no-features`, `bad-arguments`, `bad-label` or `single-class`.
 * A frame without columns is let through with `features: false`.
 */
export function checkTraining(
  trainer: Pick<Trainer, 'name' | 'tasks'>,
  frame: Frame,
  target: Target,
  needs: { readonly features: boolean; readonly variety: boolean } = { features: true, variety: true },
): void {
  if (!trainer.tasks.includes(target.task))
    throw new LearnError('wrong-task', `'${trainer.name}' cannot do ${target.task}`, {
      trainer: trainer.name,
      expected: trainer.tasks.join(' or '),
      found: target.task,
      advice: `It does ${trainer.tasks.join(' and ')}`,
    });
  if (frame.rows === 0)
    throw new LearnError('no-rows', `'${trainer.name}' has no rows to learn from`, {
      trainer: trainer.name,
      rows: 0,
      advice: "Look at the model's 'where', its split and what the source's schema drops",
    });
  if (frame.columns.length === 0 && needs.features)
    throw new LearnError('no-features', `'${trainer.name}' has no features to learn from`, {
      trainer: trainer.name,
    });
  if (target.values.length !== frame.rows)
    throw new LearnError('bad-arguments', `${target.values.length} labels for ${frame.rows} rows`, {
      rows: frame.rows,
    });
  checkLabels(trainer.name, target, needs.variety);
}

function checkLabels(trainer: string, target: Target, variety: boolean): void {
  const classes = target.task === 'binary' ? 2 : target.classes.length;
  const seen = new Set<number>();
  for (let row = 0; row < target.values.length; row++) {
    const value = target.values[row]!;
    const fits =
      target.task === 'regression'
        ? Number.isFinite(value)
        : Number.isInteger(value) && value >= 0 && value < classes;
    if (!fits)
      throw new LearnError('bad-label', `The label of row ${row + 1} is ${value}`, {
        trainer,
        found: String(value),
        expected:
          target.task === 'regression' ? 'a finite number' : `a whole number from 0 to ${classes - 1}`,
        advice: 'Rows whose label is missing do not belong in the training rows',
      });
    if (target.task !== 'regression') seen.add(value);
  }
  if (target.task !== 'regression' && variety && seen.size < 2) {
    const only = [...seen][0]!;
    const name = target.task === 'binary' ? String(only === 1) : (target.classes[only] ?? String(only));
    throw new LearnError('single-class', `All ${target.values.length} training rows have the label ${name}`, {
      trainer,
      rows: target.values.length,
      found: name,
      advice:
        "There is nothing to tell apart: look at the label's definition, the model's 'where' and its split",
    });
  }
}
