import type { Plan } from '../plan.ts';
import { meaning } from './rule.ts';

/** Records of declarations, those that others name first. */
export const declarationKinds = [
  'params',
  'schemas',
  'connections',
  'sources',
  'sinks',
  'components',
  'views',
  'validations',
  'models',
  'deployments',
  'monitors',
  'pipelines',
  'environments',
] as const satisfies readonly (keyof Plan)[];
export type DeclarationKind = (typeof declarationKinds)[number];

export interface Rename {
  readonly kind: DeclarationKind;
  readonly from: string;
  readonly to: string;
}

/** Names are told apart by kind, as a schema and a source may have the same one. */
type Names = ReadonlyMap<string, string>;
const of = (kind: DeclarationKind, name: string): string => `${kind}\0${name}`;

const tables: readonly DeclarationKind[] = ['sources', 'components', 'views'];
/** Properties whose text, or texts, name a declaration, and of which kinds. */
const references: Readonly<Record<string, readonly DeclarationKind[]>> = {
  schema: ['schemas'],
  row: ['schemas'],
  on: tables,
  source: tables,
  table: tables,
  view: ['views'],
  views: ['views'],
  serves: ['models'],
  shadow: ['models'],
  sink: ['sinks'],
  deployment: ['deployments'],
  monitor: ['monitors'],
  goals: ['models', 'views', 'validations', 'sources', 'components', 'deployments'],
  extends: ['environments'],
  from: [...tables, 'environments'],
  ref: ['connections'],
};
/** Records whose keys are names of declarations. */
const keyed: Readonly<Record<string, readonly DeclarationKind[]>> = {
  sources: ['sources'],
  sinks: ['sinks'],
  connections: ['connections'],
  tables,
};
/** Records of values under names that are no declarations: there a text is a text. */
const values: ReadonlySet<string> = new Set(['args', 'settings', 'params', 'row', 'space', 'given']);

function renamed(name: string, kinds: readonly DeclarationKind[], names: Names): string {
  for (const kind of kinds) {
    const found = names.get(of(kind, name));
    if (found !== undefined) return found;
  }
  return name;
}

/** A part of a plan with other names for what it refers to. */
function rewrite(value: unknown, names: Names, text?: readonly DeclarationKind[]): unknown {
  if (typeof value === 'string') return text ? renamed(value, text, names) : value;
  if (Array.isArray(value)) return value.map(item => rewrite(item, names, text));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, rewriteField(key, field, names)]),
  );
}

function rewriteField(key: string, field: unknown, names: Names): unknown {
  const isRecord = field !== null && typeof field === 'object' && !Array.isArray(field);
  if (isRecord && values.has(key)) return referencesIn(field, names);
  if (key === 'inputs' && isRecord) return rewriteAll(field, names, tables);
  if (key === 'derives' && isRecord) return rewriteIds(field, names);
  const kinds = keyed[key];
  if (isRecord && kinds)
    return Object.fromEntries(
      Object.entries(field).map(([name, item]) => [renamed(name, kinds, names), rewrite(item, names)]),
    );
  return rewrite(field, names, isRecord ? undefined : references[key]);
}

const rewriteKeys = <T>(
  record: Readonly<Record<string, T>>,
  kinds: readonly DeclarationKind[],
  names: Names,
): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, item]) => [renamed(name, kinds, names), item]));

/** Only `{ ref }` refers to something among values. */
const referencesIn = (record: object, names: Names): unknown =>
  Object.fromEntries(
    Object.entries(record).map(([key, field]) => [
      key,
      field !== null && typeof field === 'object' && 'ref' in field ? rewrite(field, names) : field,
    ]),
  );

const rewriteAll = (record: object, names: Names, kinds: readonly DeclarationKind[]): unknown =>
  Object.fromEntries(Object.entries(record).map(([key, field]) => [key, rewrite(field, names, kinds)]));

/** Values by id: `orders.note`. */
function rewriteIds(record: object, names: Names): unknown {
  const id = (text: string): string => {
    const dot = text.lastIndexOf('.');
    return `${renamed(text.slice(0, dot), tables, names)}${text.slice(dot)}`;
  };
  return Object.fromEntries(
    Object.entries(record as Record<string, readonly string[]>).map(([key, ids]) => [key, ids.map(id)]),
  );
}

type Records = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Which declarations of the old plan have another name in the new one: they say the same, word for word but for
 * documentation. Those that others name come first, so that a renamed schema does not hide a renamed source.
 */
export function findRenames(old: Plan, now: Plan): readonly Rename[] {
  const names = new Map<string, string>();
  const found: Rename[] = [];
  for (let before = -1; before < found.length; ) {
    before = found.length;
    for (const kind of declarationKinds) {
      const [olds, news] = [(old as unknown as Records)[kind]!, (now as unknown as Records)[kind]!];
      const taken = new Set(found.filter(one => one.kind === kind).map(one => one.to));
      const gone = Object.keys(olds).filter(name => !Object.hasOwn(news, name) && !names.has(of(kind, name)));
      const come = Object.keys(news).filter(name => !Object.hasOwn(olds, name) && !taken.has(name));
      const texts = new Map(come.map(name => [meaning('declaration', news[name]), name]));
      for (const from of gone) {
        const text = meaning('declaration', rewrite(olds[from], names));
        const to = texts.get(text);
        if (to === undefined) continue;
        texts.delete(text);
        names.set(of(kind, from), to);
        found.push({ kind, from, to });
      }
    }
  }
  return found;
}

/** The old plan as it would be if everything had been called by its new name; the graph and the steps with it. */
export function withNames(old: Plan, renames: readonly Rename[]): Plan {
  if (renames.length === 0) return old;
  const names = new Map(renames.map(({ kind, from, to }) => [of(kind, from), to]));
  const records = Object.fromEntries(
    declarationKinds.map(kind => [
      kind,
      Object.fromEntries(
        Object.entries(old[kind]).map(([name, value]) => [
          renamed(name, [kind], names),
          rewrite(value, names),
        ]),
      ),
    ]),
  );
  const tests = old.tests.map(test => ({
    ...(rewrite(test, names) as Plan['tests'][number]),
    of: renamed(test.of, [...tables, 'models', 'pipelines'], names),
  }));
  const environments = Object.fromEntries(
    Object.entries(records['environments'] as Plan['environments']).map(([name, environment]) => [
      name,
      { ...environment, params: rewriteKeys(environment.params, ['params'], names) },
    ]),
  );
  return { ...old, ...records, environments, tests, graph: graphWith(old, names) } as Plan;
}

function graphWith({ graph }: Plan, names: Names): Plan['graph'] {
  const id = (text: string): string => {
    const dot = text.lastIndexOf('.');
    return dot < 0
      ? renamed(text, ['models'], names)
      : `${renamed(text.slice(0, dot), tables, names)}${text.slice(dot)}`;
  };
  return {
    nodes: graph.nodes.map(node => ({ ...node, id: id(node.id) })),
    edges: graph.edges.map(edge => ({ ...edge, from: id(edge.from), to: id(edge.to) })),
  };
}
