import { metWith } from './at-run-time.ts';

// These are met when a feature store is filled or read, not when a spec is compiled: the example is a spec that works.
const spec = `import std.sources { csv }

schema Trip {
  left: datetime @event_time
  station: string
  minutes: float in 0..600
}

source trips: Trip = csv("data/trips.csv")

features Recent from trips at left {
  recent = mean(minutes over 7d by station)
}
`;

const define = metWith(spec);

const listed = (names: readonly string[]): string => names.join(', ');

/** Messages of the feature store, online and offline: codes MLP8601 to MLP8699. */
export const featureStoreMessages = {
  notMaterialized: define<{
    views: readonly string[];
    tables: readonly string[];
    place: string;
    environment: string | null;
  }>({
    code: 'MLP8601',
    title: 'features that are not in the online store',
    message: ({ views, tables, place }) =>
      `${listed(views)}: the online store (${place}) has no rows of ${listed(tables)} for this version`,
    hint: ({ views, environment }) =>
      `fill it: \`mlp features materialize ${views.join(' ')}${environment === null ? '' : ` --env ${environment}`}\``,
    text: 'Joins and windows are computed online from rows that `mlp features materialize` moves there. A changed view, schema or key is a new version, which has to be filled once before a service can use it; the old version stays for the old service.',
  }),
  beingFilled: define<{ place: string; holder: string }>({
    code: 'MLP8603',
    title: 'online store that is being filled',
    message: ({ place, holder }) => `the online store (${place}) is being filled by ${holder}`,
    hint: () => 'wait for its end; what was killed does not hold the store',
    text: 'One materialisation at a time writes into a store, while any number of services read it.',
  }),
  onlineStore: define<{ place: string; reason: string }>({
    code: 'MLP8604',
    title: 'online store out of reach',
    message: ({ place, reason }) => `the online store (${place}) cannot be used: ${reason}`,
    hint: () =>
      'see that it runs, that its address and password are right, and that this machine may write to it',
    text: 'The embedded store is a folder of the project, `.mlp/online`; another one is named by the environment’s setting `online`.',
  }),
  unknownView: define<{ name: string; near: string | undefined; names: readonly string[] }>({
    code: 'MLP8605',
    title: 'no such view',
    message: ({ name }) => `there is no feature view, model or deployment \`${name}\``,
    hint: ({ near, names }) =>
      near === undefined
        ? names.length > 0
          ? `there are ${listed(names)}`
          : 'the project has no feature view'
        : `did you mean \`${near}\`?`,
    text: '`mlp features` takes names of feature views, or of a model or deployment, which stands for the views of its model.',
  }),
  tablesNotReady: define<{ run: string; status: string; lines: readonly string[] }>({
    code: 'MLP8606',
    title: 'rows that could not be made',
    message: ({ status }) => `the rows to move were not made: the run ${status}`,
    hint: ({ run, lines }) => (lines.length > 0 ? lines.join('; ') : `mlp runs ${run}`),
    text: 'What is moved into the feature store are rows that a run has read, checked and computed. Where the run fails, or a validation refuses, the store stays as it is.',
  }),
  wrongEntities: define<{ what: string }>({
    code: 'MLP8607',
    title: 'entities that cannot be looked up',
    message: ({ what }) => what,
    text: '`mlp features get` takes entities and moments from a file (`.parquet` or `.csv`): the columns of the key, or of a view without a key those that it shares with the view, and a column of moments. Each row gets the view’s row of its entity with the latest moment not after its own.',
  }),
} as const;
