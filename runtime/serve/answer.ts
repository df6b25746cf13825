import { v7 as newId } from 'uuid';
import type { ServedMoment } from '../../compiler/plan/serving.ts';
import { MICROSECONDS_A_DAY } from '../features/functions/values.ts';
import type { OnlineRequest } from '../features/online/contract.ts';
import type { Champion } from './champion.ts';
import type { Served } from './served.ts';
import { formatDate, formatDatetime, formatTimestamp } from './values/times.ts';

/** One prediction, as `POST /predict` answers it. */
export interface Prediction {
  /** A UUID of version 7: ordered by time, unlike any other. */
  readonly id: string;
  readonly model: string;
  readonly version: number;
  /** The moment of the prediction, ISO. */
  readonly at: string;
  /** The decision, under the label's name: for a binary label by the model's `threshold`, else the most probable class. */
  readonly prediction: Readonly<Record<string, boolean | string | number>>;
  /** P(label is true), for a binary label. */
  readonly probability?: number;
  /** By class, summing to 1, for a label of several classes. */
  readonly probabilities?: Readonly<Record<string, number>>;
}

/** What a moment of prediction looks like in JSON. */
export function formatMoment(moment: ServedMoment, micros: number): string {
  if (moment.kind === 'none') return formatTimestamp(micros);
  if (moment.type.kind === 'date') return formatDate(Math.floor(micros / MICROSECONDS_A_DAY));
  return moment.type.kind === 'datetime' ? formatDatetime(micros) : formatTimestamp(micros);
}

/** The answer to each row out of the model's scores (`learn/types.ts` says how they lie). */
export function predictionsOf(
  served: Served,
  champion: Champion,
  requests: readonly OnlineRequest[],
  scores: Float64Array,
): Prediction[] {
  const { modelName: model, model: declared, answer, moment } = served;
  const { version } = champion;
  const { classes, task } = champion.model;
  const labelled = (value: boolean | string | number) => ({ [answer.name]: value });
  return requests.map(({ at }, row) => {
    const head = { id: newId(), model, version, at: formatMoment(moment, at) };
    if (task === 'regression') return { ...head, prediction: labelled(scores[row]!) };
    if (task === 'binary') {
      const probability = scores[row]!;
      return { ...head, prediction: labelled(probability >= declared.threshold), probability };
    }
    const own = scores.subarray(row * classes.length, (row + 1) * classes.length);
    let best = 0;
    for (let k = 1; k < own.length; k++) if (own[k]! > own[best]!) best = k;
    return {
      ...head,
      prediction: labelled(classes[best]!),
      probabilities: Object.fromEntries(classes.map((name, k) => [name, own[k]!])),
    };
  });
}
