import { metWith } from './at-run-time.ts';

// These are met when a model is served and called, not when a spec is compiled: the example is a spec that is served.
const spec = `import std.sources { csv }
import std.learn { logistic_regression }
import std.metrics { auc }

schema Visit { day: date @event_time  pages: int in 0..1_000  bought: bool @known_after(1d) }

source visits: Visit = csv("data/visits.csv")

features Interest from visits at day {
  pages = pages
  label buys = bought
}

model buyers {
  features Interest
  predict buys
  split by time { train 80%  test 20% }
  train logistic_regression()
  evaluate auc
}

deployment buyers_api { serve buyers }
`;

const define = metWith(spec);

const listed = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(', ');
const meant = (near: string | undefined): string | undefined =>
  near === undefined ? undefined : `did you mean \`${near}\`?`;

/** Messages of `mlp serve` and of the service itself: codes MLP8701 to MLP8799. */
export const serveMessages = {
  noDeployment: define<{ models: readonly string[] }>({
    code: 'MLP8701',
    title: 'nothing to serve',
    message: () => 'the spec declares no deployment that answers requests',
    hint: ({ models }) =>
      `write one: \`deployment ${models[0] ?? 'MODEL'}_api { serve ${models[0] ?? 'MODEL'} }\``,
    text: 'A service is a deployment of the spec: it names the model, and what its requests must be follows from the features. A deployment with `score … into …` fills a table and answers no requests.',
  }),
  unknownDeployment: define<{
    deployment: string;
    near: string | undefined;
    deployments: readonly string[];
  }>({
    code: 'MLP8702',
    title: 'unknown deployment',
    message: ({ deployment }) => `there is no deployment \`${deployment}\` to serve`,
    hint: ({ near, deployments }) => meant(near) ?? `the spec can serve ${listed(deployments)}`,
    text: '`mlp serve NAME` takes the name of a deployment, not that of its model.',
  }),
  whichDeployment: define<{ deployments: readonly string[] }>({
    code: 'MLP8703',
    title: 'several deployments',
    message: ({ deployments }) =>
      `the spec has several deployments that answer requests: ${listed(deployments)}`,
    hint: ({ deployments }) => `name one: \`mlp serve ${deployments[0]}\``,
    text: 'One process serves one deployment, so that each can be given its own port, resources and number of replicas.',
  }),
  scoresOnly: define<{ deployment: string; sink: string }>({
    code: 'MLP8704',
    title: 'deployment that answers no requests',
    message: ({ deployment, sink }) =>
      `the deployment \`${deployment}\` scores a source into \`${sink}\` and answers no requests`,
    hint: ({ deployment }) => `run it: \`mlp run ${deployment}\``,
    text: 'A deployment with `score … into …` is batch scoring: a step of a run, not a service.',
  }),
  noChampion: define<{ model: string; environment: string; versions: readonly number[]; named: string }>({
    code: 'MLP8705',
    title: 'no champion to serve',
    message: ({ model, environment, versions }) =>
      versions.length === 0
        ? `no version of ${model} is registered in ${environment}`
        : `no version of ${model} is champion in ${environment}; there ${versions.length === 1 ? 'is version' : 'are versions'} ${versions.join(', ')}`,
    hint: ({ model, versions, named }) =>
      versions.length === 0
        ? `train one: \`mlp run ${model}${named}\``
        : `promote one: \`mlp models ${model} --promote ${versions[0]}${named}\``,
    text: 'A service answers with the champion of its environment: the version that passed the gate and was promoted, by a run or by hand. A new champion is taken up while the service runs.',
  }),
  otherFeatures: define<{ model: string; version: number; what: string; named: string }>({
    code: 'MLP8706',
    title: 'champion of other features',
    message: ({ model, version, what }) =>
      `version ${version} of ${model} cannot be served by this spec: ${what}`,
    hint: ({ model, named }) =>
      `train a version on the features as they are now: \`mlp run ${model}${named}\`, or serve the spec that it was trained by`,
    text: 'A model knows features by name and by what they meant when it was trained. A service that computed them another way would give wrong answers without any sign, so it refuses the version. A service that is running keeps the version it has.',
  }),
  cannotListen: define<{ host: string; port: number; reason: string }>({
    code: 'MLP8707',
    title: 'address that cannot be listened on',
    message: ({ host, port, reason }) => `${host}:${port} cannot be listened on: ${reason}`,
    hint: () => 'choose another with --port and --host; --port 0 takes any that is free',
    text: 'Another program listens on the port, the machine has no such address, or the port is one that only an administrator may use.',
  }),
  badModel: define<{ model: string; version: number; reason: string; named: string }>({
    code: 'MLP8709',
    title: 'model that cannot be loaded',
    message: ({ model, version, reason }) => `version ${version} of ${model} cannot be loaded: ${reason}`,
    hint: ({ model, named }) => `train it again: \`mlp run ${model}${named} --force\``,
    text: 'The file of the registered model is missing or damaged. The store keeps the bytes that training wrote; a disk or another program has changed them.',
  }),
  missingField: define<{ field: string }>({
    code: 'MLP8710',
    title: 'missing field of a request',
    message: ({ field }) => `\`${field}\` is missing`,
    text: 'A request carries each column that the features read. Those whose type ends in `?` may be left out, and count as missing.',
  }),
  unknownField: define<{ field: string; near: string | undefined }>({
    code: 'MLP8711',
    title: 'unknown field of a request',
    message: ({ field }) => `there is no field \`${field}\``,
    hint: ({ near }) => meant(near),
    text: 'A field that nothing reads is most often a misspelt one, so it is refused. Beside the columns that the features read, a request may carry the key, the moment `at`, and the columns by which a monitor matches labels.',
  }),
  wrongType: define<{ field: string; given: string; expected: string }>({
    code: 'MLP8712',
    title: 'field of another type',
    message: ({ field, given, expected }) => `\`${field}\` is ${given}, not ${expected}`,
    text: 'Values have the types that the schema declares, written in JSON: times as ISO text, a duration in milliseconds, members of enums as text, and an int beyond 2^53 as text, since a number of JSON would not be exact.',
  }),
  outside: define<{ field: string; given: string; expected: string }>({
    code: 'MLP8713',
    title: 'field outside what its type allows',
    message: ({ field, given, expected }) => `\`${field}\` is ${given}, which is not ${expected}`,
    text: 'Ranges, patterns, allowed values and enums of the schema hold for requests as they do for rows of the source: the model has never seen anything else.',
  }),
  moment: define<{ what: string }>({
    code: 'MLP8714',
    title: 'moment of a prediction',
    message: ({ what }) => what,
    text: 'A prediction is made at a moment: the column that the view names after `at`, or `at` of the request, which mean the same. Where both are given they must agree. An instant that is not given is now; a wall-clock time must be given, since the service cannot know whose clock is meant.',
  }),
  noValue: define<{ reason: string }>({
    code: 'MLP8715',
    title: 'row without a value',
    message: ({ reason }) => `the features of this row cannot be computed: ${reason}`,
    text: 'Some rows have no features, such as one whose sum lies beyond 64 bits. A run fails on the same rows.',
  }),
  faults: define<{ deployment: string; count: number }>({
    code: 'MLP8720',
    title: 'request that does not fit',
    message: ({ deployment, count }) =>
      `${count === 1 ? 'one value of the request is' : `${count} values of the request are`} not what ${deployment} asks for`,
    hint: () => 'GET /openapi.json describes the request',
    text: 'Every fault of every row is listed, each with what was given, what is expected and where the spec says so. Nothing is predicted unless the whole request fits.',
  }),
  notJson: define<{ reason: string }>({
    code: 'MLP8721',
    title: 'body that is no JSON',
    message: ({ reason }) => `the body is no JSON: ${reason}`,
    hint: () => 'send one row as an object, or `{"rows": [ … ]}`, in UTF-8',
    text: 'The body of a request is JSON in UTF-8, with `content-type: application/json`.',
  }),
  tooLarge: define<{ limit: number }>({
    code: 'MLP8722',
    title: 'body that is too large',
    message: ({ limit }) => `the body is larger than ${limit.toLocaleString('en-US')} bytes`,
    hint: () => 'send fewer rows at once; many rows are the work of a deployment with `score … into …`',
    text: 'A service holds what it reads in memory, so a request has a limit.',
  }),
  tooManyRows: define<{ rows: number; limit: number }>({
    code: 'MLP8723',
    title: 'too many rows at once',
    message: ({ rows, limit }) =>
      `the request has ${rows.toLocaleString('en-US')} rows, and one may have ${limit.toLocaleString('en-US')}`,
    hint: () => 'send them in several requests; many rows are the work of a deployment with `score … into …`',
    text: 'While the rows of one request are scored, others wait.',
  }),
  notRows: define<{ given: string }>({
    code: 'MLP8724',
    title: 'body that is no row',
    message: ({ given }) => `the body is ${given}, not a row or \`{"rows": [ … ]}\` with at least one`,
    hint: () => 'send one row as an object with a field for each column',
    text: 'One row is an object; several are `{"rows": [ … ]}`, and the answer is `{"predictions": [ … ]}` in the same order.',
  }),
  contentType: define<{ given: string }>({
    code: 'MLP8725',
    title: 'content that is not JSON',
    message: ({ given }) => `the service reads application/json, not ${given}`,
    hint: () =>
      "send the header `content-type: application/json`; curl takes `-H 'content-type: application/json'`",
    text: 'Only JSON is read, uncompressed. A browser asks first before it sends JSON to another site, so no page can use a service on the loopback address in secret.',
  }),
  noPath: define<{ path: string; near: string | undefined }>({
    code: 'MLP8726',
    title: 'unknown path',
    message: ({ path }) => `there is nothing at ${path}`,
    hint: ({ near }) => (near === undefined ? 'GET / lists the paths' : `did you mean ${near}?`),
    text: '`GET /` lists what the service answers.',
  }),
  noMethod: define<{ method: string; path: string; allowed: readonly string[] }>({
    code: 'MLP8727',
    title: 'method that a path does not have',
    message: ({ method, path, allowed }) => `${path} takes ${allowed.join(' or ')}, not ${method}`,
    text: 'Predictions are asked for with POST, everything else with GET.',
  }),
  malformed: define<{ reason: string }>({
    code: 'MLP8728',
    title: 'malformed request',
    message: ({ reason }) => `this is no request of HTTP/1.1: ${reason}`,
    text: 'The bytes that arrived are no request. The connection is closed, the service goes on.',
  }),
  slow: define<{ seconds: number }>({
    code: 'MLP8729',
    title: 'request that came too slowly',
    message: ({ seconds }) => `the request was not complete after ${seconds} s`,
    text: 'A client that sends slowly, or never ends, would hold a connection for ever.',
  }),
  overloaded: define<{ limit: number }>({
    code: 'MLP8730',
    title: 'too many requests at once',
    message: ({ limit }) => `${limit} requests are under way already`,
    hint: () => 'try again; more processes carry more',
    text: 'What would only wait is refused at once with status 503 and the header `retry-after`.',
  }),
  storeDown: define<{ reason: string }>({
    code: 'MLP8731',
    title: 'feature store that does not answer',
    message: ({ reason }) => `the online feature store does not answer: ${reason}`,
    hint: () => 'the service tries again by itself; GET /health/ready says when it is back',
    text: 'Windows, joins and views come from the online store. Without it there is no prediction, and the service is not ready until it is back.',
  }),
  stale: define<{ reason: string }>({
    code: 'MLP8732',
    title: 'state that is too old',
    message: ({ reason }) => reason,
    hint: () => 'bring it up to date: `mlp features materialize`',
    text: 'The spec says `stale after … else fail`: a prediction from older state than that is refused. So is one whose rows the store has lost, as a Redis that was restarted empty. The service is not ready meanwhile.',
  }),
  stopping: define<Record<never, never>>({
    code: 'MLP8733',
    title: 'service that is stopping',
    message: () => 'the service is stopping',
    text: 'What is under way is finished; new requests are refused.',
  }),
  noNumber: define<{ row: number }>({
    code: 'MLP8734',
    title: 'no number for a row',
    message: ({ row }) => `the model gives no finite number for row ${row}`,
    text: 'Extreme values can lead a linear model beyond the greatest number.',
  }),
  inference: define<{ what: string }>({
    code: 'MLP8740',
    title: 'malformed inference request',
    message: ({ what }) => what,
    text: 'The Open Inference Protocol sends columns as tensors: `{"inputs": [{"name", "shape", "datatype", "data"}]}`, each named as a column of the request and with one value a row.',
  }),
  unloggable: define<{ reason: string }>({
    code: 'MLP8750',
    title: 'request log that cannot be written',
    message: ({ reason }) => `the request log cannot be written: ${reason}`,
    hint: () => 'make the folder writable and free some space',
    text: 'A deployment with `log` keeps a share of its requests in the store. Where that is impossible from the start, the service does not begin; later it goes on without, says so, and is counted in the metrics.',
  }),
  broke: define<Record<never, never>>({
    code: 'MLP8799',
    title: 'fault of the service',
    message: () => 'the service met something that it did not expect',
    hint: () => 'this is a fault of mlp; the line with this request id on standard error says more',
    text: 'The request failed, the service goes on. Please report it with what standard error shows.',
  }),
} as const;
