import type { Type } from '../../compiler/plan/plan.ts';
import { tableColumns } from '../../compiler/plan/serving.ts';
import type { Program } from '../engine/contract.ts';
import type {
  OnlineFeatures,
  OnlineOptions,
  OnlineRow,
  OnlineValue,
  OpenOnlineFeatures,
} from '../features/online/contract.ts';
import { partColumns } from '../features/part-columns.ts';
import type { Served } from './served.ts';

/**
 * The features of the served model's views. Features that the model is `without` are computed with the others; columns that
 * only they read are not asked of callers and get a placeholder, as what comes of it is looked at by nobody.
 */
export async function openServedFeatures(
  program: Program,
  served: Served,
  open: OpenOnlineFeatures,
  options: OnlineOptions,
): Promise<OnlineFeatures> {
  const features = await openViews(program, served, open, options);
  const asked = new Set([...served.read, ...served.beside].map(({ name }) => name));
  const columns = tableColumns(served.plan, served.view.source);
  const placeholders = features.requestColumns
    .filter(name => !asked.has(name))
    .map(name => [name, placeholderOf(columns.find(column => column.name === name)?.type)] as const);
  const beside = served.beside.map(({ name, type }) => [name, placeholderOf(type)] as const);
  const needed = new Set(features.requestColumns);
  const optional = beside.filter(([name]) => needed.has(name));
  if (placeholders.length === 0 && optional.length === 0) return features;
  const filled = Object.fromEntries(placeholders);
  return {
    requestColumns: features.requestColumns,
    compute: (requests, fitted) =>
      features.compute(
        requests.map(({ row, at }) => ({ row: { ...filled, ...withPlaceholders(row, optional) }, at })),
        fitted,
      ),
    freshness: at => features.freshness(at),
    close: () => features.close(),
  };
}

/** All views at once, or, where two of them have a feature of the same name, each alone: its names then have the view's before. */
async function openViews(
  program: Program,
  { plan, model }: Served,
  open: OpenOnlineFeatures,
  options: OnlineOptions,
): Promise<OnlineFeatures> {
  const columns = partColumns(plan, model).features;
  if (columns.every(({ name, from }) => name === from)) return open(program, model.views, options);
  const opened = await Promise.all(model.views.map(view => open(program, [view], options)));
  return {
    requestColumns: [...new Set(opened.flatMap(({ requestColumns }) => requestColumns))],
    async compute(requests, fitted) {
      const results = await Promise.all(opened.map(one => one.compute(requests, fitted)));
      return requests.map((_, i) =>
        Object.fromEntries(
          columns.map(({ name, view, from }) => [
            name,
            results[model.views.indexOf(view)]![i]![from] ?? null,
          ]),
        ),
      );
    },
    freshness: async at => (await Promise.all(opened.map(one => one.freshness(at)))).flat(),
    close: async () => {
      await Promise.all(opened.map(one => one.close()));
    },
  };
}

function withPlaceholders(row: OnlineRow, optional: readonly (readonly [string, OnlineValue])[]): OnlineRow {
  const absent = optional.filter(([name]) => row[name] === null || row[name] === undefined);
  return absent.length === 0 ? row : { ...row, ...Object.fromEntries(absent) };
}

function placeholderOf(type: Type | undefined): OnlineValue {
  if (!type || type.optional) return null;
  switch (type.kind) {
    case 'bool':
      return false;
    case 'string':
      return String(type.values?.[0] ?? '');
    case 'enum':
      return type.members?.[0] ?? '';
    case 'date':
    case 'datetime':
    case 'timestamp':
      return 0;
    case 'list':
      return [];
    case 'vector':
      return Array.from({ length: type.length ?? 0 }, () => 0);
    case 'blob':
      return new Uint8Array();
    default:
      return typeof type.min === 'number' ? type.min : 0;
  }
}
