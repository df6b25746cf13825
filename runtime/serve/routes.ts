import { serveMessages } from '../../compiler/diagnostics/messages/serve.ts';
import type { Asked, Reply, Route } from './http/router.ts';
import { inferenceRoutes } from './inference/routes.ts';
import type { Metrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import { Refused, refused } from './refusal.ts';
import type { Service } from './service.ts';
import { specPlace } from './values/of-type.ts';
import { describeValue } from './values/problem.ts';
import { formatTimestamp } from './values/times.ts';

/** Everything a service answers. */
export function routesOf(service: Service, metrics: Metrics): readonly Route[] {
  const plain = (
    method: Route['method'],
    pattern: string,
    summary: string,
    answer: Route['answer'],
  ): Route => ({ method, pattern, summary, protocol: 'plain', answer });
  const ok = (body: unknown, type?: string): Reply => ({
    status: 200,
    body,
    ...(type === undefined ? {} : { type }),
  });
  const routes: Route[] = [
    plain('GET', '/', 'What this service answers', () => ok(describe(service, routes))),
    plain('POST', '/predict', 'Predictions for one row, or for `{"rows": [ … ]}`', asked =>
      predict(service, asked),
    ),
    plain('GET', '/openapi.json', 'This service as OpenAPI 3.1', () => ok(openApi(service, routes))),
    plain('GET', '/health', 'Whether it can predict, and why not', () => healthOf(service)),
    plain('GET', '/health/live', 'Whether the process answers', () => ok({ live: true })),
    plain('GET', '/health/ready', 'Whether it can predict, and why not', () => healthOf(service)),
    plain('GET', '/metrics', 'What the service measures of itself, for Prometheus', async () =>
      ok(await metrics.text(), metrics.type),
    ),
    ...inferenceRoutes(service),
  ];
  return routes;
}

/** One row is an object; `{"rows": [ … ]}` are several, unless a column is called so and holds what no rows are. */
async function predict(service: Service, { json }: Asked): Promise<Reply> {
  const several = rowsIn(json);
  const rows = several ?? [json];
  const isRow = typeof json === 'object' && json !== null && !Array.isArray(json);
  if (!isRow || rows.length === 0) {
    const given = isRow ? '`{"rows": []}`' : describeValue(json);
    return refused(400, serveMessages.notRows, { given });
  }
  const predictions = await service.predict(rows);
  if (predictions instanceof Refused) return predictions;
  return { status: 200, body: several ? { predictions } : predictions[0] };
}

function rowsIn(json: unknown): readonly unknown[] | undefined {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, 'rows')) return undefined;
  const { rows } = json as { readonly rows: unknown };
  return Array.isArray(rows) && Object.keys(json).length === 1 ? rows : undefined;
}

async function healthOf(service: Service): Promise<Reply> {
  const { ready, reasons, tables } = await service.health.readiness();
  const { champion, served } = service;
  return {
    status: ready ? 200 : 503,
    body: {
      ready,
      ...(ready ? {} : { reasons }),
      model: { name: served.modelName, version: champion.version },
      ...(service.health.notes.length > 0 ? { notes: service.health.notes } : {}),
      tables: tables.map(({ table, asOf, upTo, rows }) => ({
        table,
        asOf: asOf === null ? null : formatTimestamp(asOf),
        upTo: upTo === null ? null : formatTimestamp(upTo),
        rows,
      })),
    },
  };
}

function describe(service: Service, routes: readonly Route[]): object {
  const { served, reader, champion } = service;
  const request = [...reader.columns].map(([name, { type, optional, spec }]) => [
    name,
    { type, required: optional !== true, ...(spec === undefined ? {} : { spec }) },
  ]);
  return {
    deployment: served.name,
    ...(served.deployment.doc === undefined ? {} : { doc: served.deployment.doc }),
    model: {
      name: served.modelName,
      version: champion.version,
      task: champion.model.task,
      metrics: champion.metrics,
    },
    environment: served.environment,
    spec: specPlace(served.plan, served.deployment.at),
    plan: served.plan.hash,
    predicts: served.answer.name,
    request: Object.fromEntries(request),
    paths: routes.map(({ method, pattern, summary }) => `${method} ${pattern}: ${summary}`),
  };
}
