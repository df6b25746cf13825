import { defineMessage } from '../define.ts';
import { deploymentMessages } from './deployment.ts';
import { example, MODEL } from './examples.ts';

const gated = (rules: string, more = ''): string =>
  example({ model: `${MODEL}\n  promote {\n    ${rules}\n  }`, more });
const deployed = (items: string, more = ''): string =>
  example({ model: MODEL, more: `deployment shop_api {\n  serve buyers\n  ${items}\n}\n${more}` });
const triggered = (items: string, alerts = 'alert error_rate > 5%'): string =>
  deployed(
    '',
    `monitor watch on shop_api {\n  every 1d\n  ${alerts}\n}\npipeline nightly {\n  run shop_api\n  ${items}\n}`,
  );
const quoted = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(', ');

/** Messages about gates that hold nothing back: codes MLP5201 to MLP5299. */
export const deadGatesMessages = {
  unusedPolicy: defineMessage<{ policy: string }>({
    code: 'MLP5201',
    severity: 'error',
    title: 'A policy that nothing uses',
    message: ({ policy }) => `nothing uses the policy \`${policy}\`, so it holds nothing back`,
    hint: ({ policy }) =>
      `use it where it should decide, as in \`promote { policy ${policy}(…) }\`, or remove it`,
    explanation: {
      text: 'A policy is a list of rules with a name. It decides only where `promote`, `check`, `rollback unless` or a validation uses it; one that stands alone looks like a safeguard and is none.',
      wrong: gated('require auc >= 0.7', 'policy calibrated(most: float) {\n  require log_loss <= most\n}'),
      right: gated(
        'require auc >= 0.7\n    policy calibrated(0.6)',
        'policy calibrated(most: float) {\n  require log_loss <= most\n}',
      ),
    },
  }),
  onlyWarnings: defineMessage<{ clause: 'promote' | 'check'; name: string }>({
    code: 'MLP5202',
    severity: 'error',
    title: 'A gate that only warns',
    message: ({ clause, name }) =>
      clause === 'promote'
        ? `\`promote\` of \`${name}\` only warns, so every version passes`
        : `\`check\` of \`${name}\` only warns, so every version is let onto the traffic`,
    hint: () => 'ask for something with `require`, or remove the clause if nothing is to be held back',
    explanation: {
      text: '`warn` reports and lets pass. A gate with nothing but warnings never closes, whatever comes.',
      wrong: gated('warn auc >= 0.7'),
      right: gated('require auc >= 0.6\n    warn auc >= 0.7'),
    },
  }),
  guardsNothing: defineMessage<{ validation: string; table: string; pipeline: string | undefined }>({
    code: 'MLP5203',
    severity: 'error',
    title: 'A validation that protects nothing',
    message: ({ validation, table, pipeline }) =>
      pipeline === undefined
        ? `\`${validation}\` protects nothing: no features, component or deployment reads \`${table}\``
        : `\`${pipeline}\` runs \`${validation}\` beside its other goals, not before them: none of them reads \`${table}\``,
    hint: ({ pipeline }) =>
      pipeline === undefined
        ? 'validate a table that is read, or name the validation as the goal of a pipeline'
        : 'validate a table that they read, or run the validation in a pipeline of its own, which then tells of failures',
    explanation: {
      text: 'What reads a table waits for its validations. A validation of a table that nothing reads runs before nothing, so it stops nothing.',
      wrong: example({
        model: MODEL,
        more: 'source archive: Visit = csv("data/archive.csv")\nvalidation archive_sound on archive {\n  require count() >= 1_000\n}',
      }),
      right: example({
        model: MODEL,
        more: 'validation visits_sound on visits {\n  require count() >= 1_000\n}',
      }),
    },
  }),
  behindTheAct: defineMessage<{ deployment: string; share: string }>({
    code: 'MLP5204',
    severity: 'error',
    title: 'A rollback that comes too late',
    message: ({ deployment, share }) =>
      `the rollback of \`${deployment}\` stands behind what it protects: the first step of the canary is ${share} of the traffic`,
    hint: () =>
      'begin with a small share that is watched for a while: `{ 5% for 10min, 25% for 30min, 100% }`',
    explanation: {
      text: 'A canary shows a new version to few requests, looks at them, and goes on. One that begins with all requests looks when everybody has been served already.',
      wrong: deployed('rollout canary { 100% for 10min }\n  rollback when error_rate > 5%'),
      right: deployed('rollout canary { 5% for 10min, 100% }\n  rollback when error_rate > 5%'),
    },
  }),
} as const;

/** Messages about what starts pipelines: codes MLP5401 to MLP5499. */
export const triggersMessages = {
  shorterThanTimeout: defineMessage<{ pipeline: string; gap: string; timeout: string; replaced: boolean }>({
    code: 'MLP5401',
    severity: 'error',
    title: 'A schedule shorter than the time-out',
    message: ({ pipeline, gap, timeout }) =>
      `\`${pipeline}\` starts again after ${gap}, and a run may take ${timeout}`,
    hint: ({ gap, replaced }) =>
      `${replaced ? 'a long run is replaced before it ends' : 'runs pile up behind a long one'}: set the time-out to at most ${gap}, start less often, or write \`concurrency skip\``,
    explanation: {
      text: 'A run that takes as long as it may is not over when the schedule starts the next one. With `queue`, the default, runs pile up; with `replace` none of them comes to its end. `concurrency skip` leaves out a start while a run goes on.',
      wrong: triggered('on schedule("*/30 * * * *")\n  timeout 2h'),
      right: triggered('on schedule("0 */3 * * *")\n  timeout 2h'),
    },
  }),
  loop: defineMessage<{ path: readonly string[] }>({
    code: 'MLP5402',
    severity: 'error',
    path: true,
    title: 'A loop of training without a pause',
    message: ({ path }) => `${path.join(' → ')}: nothing in this circle waits`,
    hint: () => 'write `cooldown 6h`, so that an alert that goes on does not start run after run',
    explanation: {
      text: 'A pipeline that an alert starts deploys a model, the deployment is watched, and the watch alerts. If the new model is no better, the alert goes on and starts the next run at once: all day, for nothing. `cooldown` says how long to wait between two runs.',
      wrong: triggered('on alert(watch)'),
      right: triggered('on alert(watch)\n  cooldown 1d'),
    },
  }),
  neverAlerts: defineMessage<{ monitor: string }>({
    code: 'MLP5403',
    severity: 'error',
    title: 'A trigger that never comes',
    message: ({ monitor }) => `\`${monitor}\` never alerts: it has no \`alert\` condition`,
    hint: ({ monitor }) => `write \`alert …\` in \`${monitor}\`; \`warn\` starts nothing`,
    explanation: {
      text: '`on alert(…)` starts a pipeline when a monitor alerts. A monitor that only warns never does.',
      wrong: triggered('on alert(watch)\n  cooldown 1d', 'warn error_rate > 5%'),
      right: triggered('on alert(watch)\n  cooldown 1d', 'alert error_rate > 5%'),
    },
  }),
  intervalGap: defineMessage<{ pipeline: string; interval: string; gap: string }>({
    code: 'MLP5404',
    severity: 'error',
    title: 'Rows that no run reads',
    message: ({ pipeline, interval, gap }) =>
      `\`${pipeline}\` reads ${interval} of rows a run, and there are ${gap} between two runs`,
    hint: ({ gap }) => `let a run read \`interval ${gap}\`, or start as often as the interval is long`,
    explanation: {
      text: 'With `interval` a run reads the rows of that stretch of time and no others. Where runs are further apart, the rows between belong to no run.',
      wrong: triggered('on schedule("0 3 * * 1")\n  interval 1d'),
      right: triggered('on schedule("0 3 * * 1")\n  interval 7d'),
    },
  }),
} as const;

const staged = (production: string, more = ''): string =>
  example({
    model: `${MODEL}\n  promote {\n    require auc >= floor\n  }`,
    more: `param floor: float in 0..1 = 0.7
environment staging {
  target local
  models trained here
}
environment production extends staging {
  models promoted from staging
  ${production}
}
${more}`,
  });
const inCluster = (source: string): string =>
  example({
    model: MODEL,
    more: `environment cluster {\n  target kubernetes { namespace: "ml", registry: "ghcr.io/acme/ml", artifacts: "s3://acme-ml" }\n  ${source}\n}`,
  });

/** Messages about environments: codes MLP5601 to MLP5699. */
export const environmentsMessages = {
  weaker: defineMessage<{
    environment: string;
    before: string;
    condition: string;
    of: string;
    where: 'gate' | 'validation' | 'check' | 'monitor' | 'rollback';
    params: readonly string[];
  }>({
    code: 'MLP5601',
    severity: 'error',
    title: 'A gate that is weaker where it matters more',
    message: ({ environment, before, condition, of, where }) =>
      where === 'rollback' || where === 'monitor'
        ? `\`${condition}\` of \`${of}\` is met later in \`${environment}\` than in \`${before}\`, from which its models come`
        : `\`${condition}\` of \`${of}\` lets more through in \`${environment}\` than in \`${before}\`, from which its models come`,
    hint: ({ params, before }) =>
      `set ${quoted(params)} so that nothing passes that would not pass in \`${before}\`, or leave ${params.length > 1 ? 'them' : 'it'} as there`,
    explanation: {
      text: 'Models go from one environment to the next, and what is asked of them may only become more. A param that relaxes a condition in the later environment lets a model through there that the earlier one would refuse.',
      wrong: staged('param floor = 0.6'),
      right: staged('param floor = 0.75'),
    },
  }),
  otherConnection: defineMessage<{
    connection: string;
    declared: string;
    found: string;
    environment: string;
  }>({
    code: 'MLP5602',
    severity: 'error',
    title: 'A connection of another kind',
    message: ({ connection, declared, found }) =>
      `\`${connection}\` is \`${declared}\`, and \`${found}\` speaks another language: its queries and tables are not there`,
    hint: ({ declared }) => `give another \`${declared}(…)\`, or replace the sources and sinks that use it`,
    explanation: {
      text: 'Sources and sinks are written for the kind of store that a connection was declared with. An environment may give another address, not another kind.',
      wrong: example({
        imports: 'import std.sources { postgres, s3 }',
        more: 'connection shop = postgres(url: secret("SHOP_URL"))\nenvironment laptop {\n  target local\n  connection shop = s3()\n}',
      }),
      right: example({
        imports: 'import std.sources { postgres }',
        more: 'connection shop = postgres(url: secret("SHOP_URL"))\nenvironment laptop {\n  target local\n  connection shop = postgres(url: secret("LAPTOP_URL"))\n}',
      }),
    },
  }),
  notOnline: defineMessage<{ connection: string; found: string }>({
    code: 'MLP5604',
    severity: 'error',
    title: 'A connection that keeps no online features',
    message: ({ connection, found }) =>
      `\`${connection}\` is \`${found}\`, which does not keep features for services`,
    hint: () => 'name a connection that is `redis(…)`, or leave `online` away: then the store is embedded',
    explanation: {
      text: 'A service reads the rows of joins and windows by key, thousands of times a second. That is what the embedded store and Redis are for; a database of tables is not.',
      wrong: example({
        imports: 'import std.sources { postgres }',
        more: 'connection features = postgres(url: secret("FEATURES_URL"))\nenvironment laptop {\n  target local { online: features }\n}',
      }),
      right: example({
        imports: 'import std.stores { redis }',
        more: 'connection features = redis(url: secret("FEATURES_URL"))\nenvironment laptop {\n  target local { online: features }\n}',
      }),
    },
  }),
  unreachable: defineMessage<{ source: string; path: string; environment: string; mount: string | null }>({
    code: 'MLP5603',
    severity: 'error',
    title: 'A source that an environment cannot reach',
    message: ({ source, path, environment }) =>
      `\`${environment}\` runs in a cluster, which cannot see \`${path}\` of the source \`${source}\``,
    hint: ({ source, path, mount }) => {
      const file = path.slice(path.lastIndexOf('/') + 1);
      return mount === null
        ? `replace it in the environment: \`source ${source} = …("s3://bucket/${file}")\`, or put the data on a volume: \`volume: "claim-name", mount: "/data"\` in the target`
        : `put the data on the volume and write \`source ${source} = …("${mount}/${file}")\` in the environment`;
    },
    explanation: {
      text: 'A pod has the program and nothing of your disk. Data reaches it from an object store or over a volume that the target names, so an environment for a cluster replaces sources that are files of a machine.',
      wrong: inCluster(''),
      right: inCluster('source visits = csv("s3://acme-data/visits.csv")'),
    },
  }),
} as const;

const stored = (
  source: string,
  more = '',
  connection = 's3(region: "eu-central-1")',
  imports = 's3',
): string =>
  `import std.sources { csv, ${imports} }

schema Visit { day: datetime  site: string${more} }

connection lake = ${connection}

source visits: Visit = ${source}
`;

/** Messages about what sources and sinks are connected with: codes MLP5351 to MLP5399. */
export const connectionsMessages = {
  otherKind: defineMessage<{ made: string; connection: string; found: string; needs: string }>({
    code: 'MLP5351',
    severity: 'error',
    title: 'A connection that does not fit',
    message: ({ made, connection, found, needs }) =>
      `\`${made}\` needs a connection made by \`${needs}\`, and \`${connection}\` is \`${found}\``,
    hint: ({ needs }) => `declare one: \`connection name = ${needs}(…)\``,
    explanation: {
      text: 'Queries and tables are those of a database (`postgres`), paths `s3://…` those of an object store (`s3`).',
      wrong: stored(
        'csv("s3://acme/visits.csv", connection: lake)',
        '',
        'postgres(url: secret("LAKE_URL"))',
        'postgres',
      ),
      right: stored('csv("s3://acme/visits.csv", connection: lake)'),
    },
  }),
  unusedConnection: defineMessage<{ path: string; connection: string }>({
    code: 'MLP5352',
    severity: 'error',
    title: 'A connection for a file of this machine',
    message: ({ path, connection }) =>
      `\`${path}\` is a file of this machine, for which \`${connection}\` is not asked`,
    hint: () => 'write the path of an object, `s3://bucket/key`, or leave the connection out',
    explanation: {
      text: 'A connection is that of an object store, so the path names a bucket and a key in it. A path without `s3://` would be read from this machine, and the connection would mean nothing.',
      wrong: stored('csv("visits.csv", connection: lake)'),
      right: stored('csv("s3://acme/visits.csv", connection: lake)'),
    },
  }),
  otherPartition: defineMessage<{ source: string; column: string; eventTime: string | null }>({
    code: 'MLP5354',
    severity: 'error',
    title: 'Partitions that no interval asks for',
    message: ({ source, column, eventTime }) =>
      eventTime === null
        ? `\`${source}\` is partitioned by \`${column}\`, and its rows have no event time`
        : `\`${source}\` is partitioned by \`${column}\`, and an interval is one of \`${eventTime}\`, its event time`,
    hint: ({ column, eventTime }) =>
      eventTime === null
        ? `mark \`${column}\` with \`@event_time\` if that is when a row happened`
        : `write \`partitioned by ${eventTime} …\`; when rows were stored is what \`watermark ${column}\` says`,
    explanation: {
      text: '`--from` and `--to` give an interval of event times. Partitions are what such an interval is made of: each is kept by itself, and a later run reads only those that it does not have. Cut by another column, a partition would hold rows of any time, and none could be left out.',
      wrong: stored(
        'csv("s3://acme/visits.csv", connection: lake) { partitioned by stored daily }',
        '  stored: datetime',
      ).replace('day: datetime', 'day: datetime @event_time'),
      right: stored(
        'csv("s3://acme/visits.csv", connection: lake) { partitioned by day daily  watermark stored }',
        '  stored: datetime',
      ).replace('day: datetime', 'day: datetime @event_time'),
    },
  }),
  noTime: defineMessage<{ source: string; schema: string }>({
    code: 'MLP5353',
    severity: 'error',
    title: 'A source that cannot tell how fresh it is',
    message: ({ source, schema }) =>
      `\`fresh within\` of \`${source}\` asks how old the newest row is, and \`${schema}\` has no time to tell it by`,
    hint: () => 'mark the time of a row with `@event_time`, or name a column of time: `watermark loaded`',
    explanation: {
      text: 'How old the newest row is follows from the watermark, where that is a time, else from the event time. A source with neither has no age.',
      wrong: stored('csv("s3://acme/visits.csv", connection: lake) { fresh within 1d }'),
      right: stored('csv("s3://acme/visits.csv", connection: lake) { watermark day  fresh within 1d }'),
    },
  }),
} as const;

/** Messages about gates, deployments, triggers and environments as a whole: codes MLP5200 to MLP5699. */
export const operationsMessages = {
  ...connectionsMessages,
  ...deadGatesMessages,
  ...deploymentMessages,
  ...triggersMessages,
  ...environmentsMessages,
} as const;
