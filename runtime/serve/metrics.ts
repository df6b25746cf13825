import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Prediction } from './answer.ts';
import type { Answered } from './http/server.ts';
import type { RequestLog } from './request-log.ts';
import type { Service } from './service.ts';

/** What the service measures of itself, for Prometheus: `GET /metrics`. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private readonly predictions: Counter<'prediction'>;
  private readonly service: Service;
  /** Answers by a value of the label: true and false, or the classes. */
  private readonly byClass: boolean;

  constructor(service: Service, log: RequestLog | undefined) {
    this.service = service;
    const { served } = service;
    this.registry.setDefaultLabels({ deployment: served.name, model: served.modelName });
    const registers = [this.registry];
    this.byClass = service.champion.model.task !== 'regression';
    this.requests = new Histogram({
      name: 'mlp_request_seconds',
      help: 'Time from the headers of a request to its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    });
    this.predictions = new Counter({
      name: 'mlp_predictions_total',
      help: 'Predictions that were answered, by what was decided',
      labelNames: this.byClass ? ['prediction'] : [],
      registers,
    });
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    gauge('mlp_model_version', 'The version that answers', () => service.champion.version);
    gauge('mlp_model_registered_seconds', 'When that version was registered, since 1970', () =>
      Math.round(service.champion.made / 1000),
    );
    if (log) {
      gauge('mlp_request_log_lines', 'Predictions written into the request log', () => log.written);
      gauge('mlp_request_log_lost', 'Predictions that could not be written', () => log.lost);
    }
    this.watchHealth();
  }

  private watchHealth(): void {
    const { health } = this.service;
    const registers = [this.registry];
    new Gauge({
      name: 'mlp_ready',
      help: 'Whether the service can predict: 1 or 0',
      registers,
      async collect() {
        this.set((await health.readiness()).ready ? 1 : 0);
      },
    });
    new Gauge({
      name: 'mlp_state_up_to_seconds',
      help: 'How far the online store has the rows of a table, since 1970',
      labelNames: ['table'],
      registers,
      async collect() {
        for (const { table, upTo } of (await health.readiness()).tables)
          if (upTo !== null) this.set({ table }, upTo / 1e6);
      },
    });
  }

  answered({ method, route, status, seconds }: Answered): void {
    // A method may be any word; those that no route has are one.
    const known = method === 'GET' || method === 'POST' || method === 'HEAD' ? method : 'other';
    this.requests.observe({ method: known, route, status }, seconds);
  }

  predicted(predictions: readonly Prediction[]): void {
    if (!this.byClass) {
      this.predictions.inc(predictions.length);
      return;
    }
    const { name } = this.service.served.answer;
    for (const { prediction } of predictions) this.predictions.inc({ prediction: String(prediction[name]) });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
  get type(): string {
    return this.registry.contentType;
  }
}
