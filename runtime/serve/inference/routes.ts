/** The Open Inference Protocol, version 2, over HTTP: `kserve/open-inference-protocol`, `specification/protocol/inference_rest.md`. */
import { v7 as newId } from 'uuid';
import { serveMessages } from '../../../compiler/diagnostics/messages/serve.ts';
import type { Type } from '../../../compiler/plan/plan.ts';
import { momentField } from '../../../compiler/plan/serving.ts';
import type { Prediction } from '../answer.ts';
import type { Reply, Route } from '../http/router.ts';
import { Refused, refused } from '../refusal.ts';
import type { Service } from '../service.ts';
import { readInference, rowsOf } from './request.ts';
import { type Datatype, datatypeOf, isTensor, sidesOf, TensorFault } from './tensors.ts';

declare const MLP_VERSION: string | undefined;
const version = typeof MLP_VERSION === 'string' ? MLP_VERSION : '0.0.0-source';

interface Output {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
  readonly parameters?: object;
}

export function inferenceRoutes(service: Service): readonly Route[] {
  const { served } = service;
  const columns = inputTypes(service);
  const of = ([model, asked]: readonly string[]): Refused | undefined => {
    const now = service.champion.version;
    if (model !== served.modelName)
      return malformed(
        404,
        `there is no model \`${(model ?? '').slice(0, 100)}\`; there is \`${served.modelName}\``,
      );
    if (asked !== undefined && asked !== String(now))
      return malformed(
        404,
        `version ${asked.slice(0, 100)} of \`${model}\` is not loaded; version ${now} is`,
      );
    return undefined;
  };
  const ok = (body: object): Reply => ({ status: 200, body });
  const ready = async (): Promise<Reply> => {
    const { ready: is, reasons } = await service.health.readiness();
    return is ? ok({ ready: true }) : { status: 503, body: { ready: false, error: reasons.join('; ') } };
  };
  const forModel = (answer: () => Reply | Promise<Reply>) => (asked: { params: readonly string[] }) =>
    of(asked.params) ?? answer();
  const route = (
    method: Route['method'],
    pattern: string,
    summary: string,
    answer: Route['answer'],
  ): Route => ({ method, pattern, summary, protocol: 'inference', answer });
  const models = ['/v2/models/{model}', '/v2/models/{model}/versions/{version}'];
  return [
    route('GET', '/v2', 'The server: its name, version and extensions', () =>
      ok({ name: 'mlp', version, extensions: [] }),
    ),
    route('GET', '/v2/health/live', 'Whether the process answers', () => ok({ live: true })),
    route('GET', '/v2/health/ready', 'Whether it can predict', ready),
    ...models.flatMap(pattern => [
      route(
        'GET',
        pattern,
        'The model: its versions, inputs and outputs',
        forModel(() => ok(metadata(service, columns))),
      ),
      route('GET', `${pattern}/ready`, 'Whether the model can predict', forModel(ready)),
      route(
        'POST',
        `${pattern}/infer`,
        'Predictions for rows given as tensors',
        ({ params, json }) => of(params) ?? infer(service, columns, json),
      ),
    ]),
  ];
}

const malformed = (status: number, what: string): Refused =>
  refused(status, serveMessages.inference, { what });

/** Every field of a request with its type. */
function inputTypes({ served }: Service): ReadonlyMap<string, Type> {
  const types = new Map([...served.read, ...served.beside].map(({ name, type }) => [name, type]));
  if (served.asksMoment) types.set(momentField, { kind: 'string', optional: true });
  return types;
}

function metadata(service: Service, columns: ReadonlyMap<string, Type>): object {
  const { served, champion } = service;
  const tensors = [...columns].filter(([, type]) => isTensor(type));
  const inputs = tensors.map(([name, type]) => ({
    name,
    datatype: datatypeOf(type),
    shape: [-1, ...sidesOf(type)],
    ...(service.reader.columns.get(name)?.optional ? { parameters: { optional: true } } : {}),
  }));
  return {
    name: served.modelName,
    versions: [String(champion.version)],
    platform: 'mlp',
    inputs,
    outputs: outputsOf(service, []).map(({ name, datatype, shape, parameters }) => ({
      name,
      datatype,
      shape: [-1, ...shape.slice(1)],
      ...(parameters ? { parameters } : {}),
    })),
  };
}

async function infer(service: Service, columns: ReadonlyMap<string, Type>, json: unknown): Promise<Reply> {
  const request = readInference(json);
  if (request instanceof TensorFault) return malformed(400, request.what);
  const list = [...columns].find(
    ([name, type]) => !isTensor(type) && !service.reader.columns.get(name)?.optional,
  );
  if (list)
    return malformed(
      400,
      `the model needs \`${list[0]}\`, a list, which has another length in each row and is no tensor; ask with \`POST /predict\``,
    );
  const rows = rowsOf(request, columns, service.limits.rows);
  if (rows instanceof TensorFault) return malformed(400, rows.what);
  const names = outputsOf(service, []).map(({ name }) => name);
  const stranger = request.outputs?.find(({ name }) => !names.includes(name));
  if (stranger)
    return malformed(
      400,
      `there is no output \`${stranger.name.slice(0, 100)}\`; there are ${names.join(', ')}`,
    );
  const predictions = await service.predict(rows);
  if (predictions instanceof Refused) {
    // The protocol knows no 422: what is wrong with a request is 400.
    const { faults = [], omitted } = predictions;
    return predictions.status === 422 ? new Refused(400, predictions, { faults, omitted }) : predictions;
  }
  const wanted = request.outputs?.map(({ name }) => name) ?? names;
  const outputs = outputsOf(service, predictions);
  const body = {
    model_name: service.served.modelName,
    model_version: String(predictions[0]!.version),
    id: request.id ?? newId(),
    outputs: wanted.map(name => outputs.find(output => output.name === name)!),
  };
  return { status: 200, body };
}

/** The tensors of an answer; of none, what they would be. Their names are fixed, as a label may have any name. */
function outputsOf({ served, champion }: Service, predictions: readonly Prediction[]): readonly Output[] {
  const rows = predictions.length;
  const { task, classes } = champion.model;
  const label = served.answer.name;
  const decided = (datatype: Datatype): Output => ({
    name: 'prediction',
    datatype,
    shape: [rows],
    parameters: { label },
    data: predictions.map(({ prediction }) => prediction[label]),
  });
  const ids: Output = {
    name: 'prediction_id',
    datatype: 'BYTES',
    shape: [rows],
    data: predictions.map(({ id }) => id),
  };
  if (task === 'regression') return [decided('FP64'), ids];
  if (task === 'binary') {
    const data = predictions.map(({ probability }) => probability);
    return [decided('BOOL'), { name: 'probability', datatype: 'FP64', shape: [rows], data }, ids];
  }
  const data = predictions.flatMap(({ probabilities }) => classes.map(name => probabilities?.[name]));
  const shape = [rows, classes.length];
  return [
    decided('BYTES'),
    { name: 'probabilities', datatype: 'FP64', shape, parameters: { classes: classes.join(', ') }, data },
    ids,
  ];
}
