import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

/** The folder of strict schemas beside the project; in CI it must be there. */
const folder = path.join(import.meta.dirname, '../../../shared/schemas');
export const schemasAreThere = existsSync(folder);
if (!schemasAreThere && process.env['CI']) throw new Error(`${folder} is missing, and CI needs it`);

const ajv = new Ajv({ strict: false, validateFormats: false });
const compiled = new Map<string, ValidateFunction>();

/** Which schema holds a kind of a manifest. */
const holders: Readonly<Record<string, { file: string; definition: (kind: string) => string }>> = {
  'argoproj.io/v1alpha1': {
    file: 'argo-workflows-v4.1.2.json',
    definition: kind => `io.argoproj.workflow.v1alpha1.${kind}`,
  },
  v1: { file: 'kubernetes-v1.36.json', definition: kind => `io.k8s.api.core.v1.${kind}` },
  'rbac.authorization.k8s.io/v1': {
    file: 'kubernetes-v1.36.json',
    definition: kind => `io.k8s.api.rbac.v1.${kind}`,
  },
  'networking.k8s.io/v1': {
    file: 'kubernetes-v1.36.json',
    definition: kind => `io.k8s.api.networking.v1.${kind}`,
  },
};
const documents = new Map<string, Record<string, unknown>>();
function read(file: string): Record<string, unknown> {
  const known = documents.get(file);
  if (known) return known;
  const document = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Record<string, unknown>;
  documents.set(file, document);
  return document;
}

function compile(key: string, schema: object): ValidateFunction {
  const known = compiled.get(key);
  if (known) return known;
  const validate = ajv.compile(schema);
  compiled.set(key, validate);
  return validate;
}

/** What a strict schema says against a document; empty: nothing. Only the definitions that a kind needs are compiled. */
export function problemsOf(manifest: { apiVersion?: string; kind?: string }): readonly string[] {
  const { apiVersion = '', kind = '' } = manifest;
  if (kind === 'Kustomization')
    return problems(compile('kustomization', read('kustomization.json')), manifest);
  const holder = holders[apiVersion];
  if (!holder) return [`no schema for ${apiVersion} ${kind}`];
  const definitions = read(holder.file)['definitions'] as Record<string, unknown>;
  const name = holder.definition(kind);
  if (!definitions[name]) return [`no schema for ${apiVersion} ${kind}`];
  const schema = { $ref: `#/definitions/${name}`, definitions: reachable(definitions, name) };
  return problems(compile(`${apiVersion} ${kind}`, schema), manifest);
}

export const workflowProblems = (workflow: unknown): readonly string[] =>
  problems(compile('github-workflow', read('github-workflow.json')), workflow);

function problems(validate: ValidateFunction, value: unknown): readonly string[] {
  validate(value);
  return (validate.errors ?? []).map(e => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}

function reachable(definitions: Record<string, unknown>, start: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const waiting = [start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found[name]) continue;
    found[name] = definitions[name];
    for (const [, reference] of JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g))
      waiting.push(reference!.replace(/~1/g, '/').replace(/~0/g, '~'));
  }
  return found;
}
