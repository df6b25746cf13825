import { serveMessages } from '../../compiler/diagnostics/messages/serve.ts';
import { RowError } from '../features/functions/values.ts';
import type { OnlineFeatures, OnlineRequest, OnlineRow } from '../features/online/contract.ts';
import { partColumns } from '../features/part-columns.ts';
import { type Prediction, predictionsOf } from './answer.ts';
import type { Champion } from './champion.ts';
import { Health, troubleOf } from './health.ts';
import { Refused, refused } from './refusal.ts';
import { RequestReader, writeRow } from './request.ts';
import type { RequestLog } from './request-log.ts';
import type { Served } from './served.ts';
import { readerOf } from './values/of-type.ts';
import { describeValue, problemCodes } from './values/problem.ts';
import { within } from './within.ts';

export interface Limits {
  /** Rows of one request. */
  readonly rows: number;
  /** Milliseconds that the online store may take for one request. */
  readonly storeMs: number;
}
export const defaultLimits: Limits = { rows: 1000, storeMs: 2000 };

export interface ServiceParts {
  readonly served: Served;
  readonly champion: Champion;
  readonly features: OnlineFeatures;
  readonly log?: RequestLog | undefined;
  readonly limits?: Partial<Limits>;
  /** Microseconds since 1970. */
  readonly now?: () => number;
}

/** What a deployment answers, apart from how it is asked. */
export class Service {
  readonly served: Served;
  readonly reader: RequestReader;
  readonly health: Health;
  readonly limits: Limits;
  /** Told of each prediction that is about to be answered. */
  onPredictions: (predictions: readonly Prediction[]) => void = () => {};
  private current: Champion;
  private readonly features: OnlineFeatures;
  private readonly log: RequestLog | undefined;
  private readonly featureWriters: readonly (readonly [string, (row: OnlineRow) => unknown])[];

  constructor({ served, champion, features, log, limits, now }: ServiceParts) {
    this.served = served;
    this.current = champion;
    this.features = features;
    this.log = log;
    this.limits = { ...defaultLimits, ...limits };
    this.reader = new RequestReader(served, now);
    this.health = new Health(features, this.limits.storeMs);
    this.featureWriters = partColumns(served.plan, served.model).features.map(({ name, from, type }) => {
      const { write } = readerOf(type);
      return [
        name,
        row => {
          const value = (Object.hasOwn(row, name) ? row[name] : row[from]) ?? null;
          return value === null ? null : write(value);
        },
      ];
    });
  }

  get champion(): Champion {
    return this.current;
  }
  /** From the next request on. */
  take(champion: Champion): void {
    this.current = champion;
  }

  /** The answer to each row, or why there is none; nothing is predicted unless every row can be read. */
  async predict(rows: readonly unknown[]): Promise<readonly Prediction[] | Refused> {
    const { served } = this;
    if (rows.length > this.limits.rows)
      return refused(422, serveMessages.tooManyRows, { rows: rows.length, limit: this.limits.rows });
    const read = this.reader.read(rows);
    if (!read.ok) {
      const { faults, omitted } = read;
      const facts = { deployment: served.name, count: faults.length + omitted };
      return refused(422, serveMessages.faults, facts, { faults, omitted });
    }
    // One champion for all of an answer, whichever takes its place meanwhile.
    const champion = this.current;
    const features = await this.compute(read.rows, champion);
    if (features instanceof Refused) return features;
    const scores = await champion.model.predict(champion.encode(features));
    const wild = scores.findIndex(score => !Number.isFinite(score));
    if (wild >= 0) {
      const row = Math.floor(wild / (scores.length / rows.length));
      return refused(422, serveMessages.noNumber, { row });
    }
    const predictions = predictionsOf(served, champion, read.rows, scores);
    this.keep(read.rows, features, predictions);
    this.onPredictions(predictions);
    return predictions;
  }

  private async compute(
    requests: readonly OnlineRequest[],
    { fitted }: Champion,
  ): Promise<readonly OnlineRow[] | Refused> {
    try {
      const features = await within(this.limits.storeMs, this.features.compute(requests, fitted));
      this.health.sawStore(null);
      return features;
    } catch (error) {
      if (error instanceof RowError) return this.rowErrors(requests, fitted, error);
      const { name, message } = error as Error;
      if (name === 'StaleState')
        return refused(503, serveMessages.stale, { reason: message }, { headers: { 'retry-after': '30' } });
      const reason = troubleOf(error);
      this.health.sawStore(reason);
      const more = { headers: { 'retry-after': '1' } };
      return refused(503, serveMessages.storeDown, { reason }, more);
    }
  }

  /** Which of the rows has no features: each is tried alone, as one fails for all. */
  private async rowErrors(
    requests: readonly OnlineRequest[],
    fitted: Champion['fitted'],
    error: RowError,
  ): Promise<Refused> {
    const code = problemCodes.noValue;
    const expected = 'a row whose features can be computed';
    const reasons = await Promise.all(
      requests.map(async request => {
        if (requests.length === 1) return error.message;
        try {
          await this.features.compute([request], fitted);
          return undefined;
        } catch (own) {
          return own instanceof RowError ? own.message : undefined;
        }
      }),
    );
    const faults = reasons.flatMap((reason, row) => {
      if (reason === undefined) return [];
      const message = serveMessages.noValue.definition.message({ reason });
      return [{ code, row, field: '', message, given: describeValue({}), expected }];
    });
    const facts = { deployment: this.served.name, count: faults.length };
    return refused(422, serveMessages.faults, facts, { faults });
  }

  private keep(
    requests: readonly OnlineRequest[],
    features: readonly OnlineRow[],
    predictions: readonly Prediction[],
  ): void {
    const { log, served } = this;
    if (!log) return;
    const { columns } = this.reader;
    const asked = new Date().toISOString();
    for (const [i, answer] of predictions.entries()) {
      if (!log.takes(answer.id)) continue;
      const { id, model, version, at, ...said } = answer;
      const { row } = requests[i]!;
      log.add({
        id,
        asked,
        model,
        version,
        at,
        key: writeRow(columns, served.key, row),
        features: Object.fromEntries(this.featureWriters.map(([name, value]) => [name, value(features[i]!)])),
        ...said,
        matched: writeRow(columns, served.matched, row),
      });
    }
  }
}
