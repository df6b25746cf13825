import { schemeOf } from './paths.ts';
import type { Construct, Plan, Source } from './plan.ts';

/** The connection that a constructor is given. */
export function connectionOf(
  plan: Pick<Plan, 'connections'>,
  construct: Construct | undefined,
): Construct | undefined {
  const given = construct?.args['connection'];
  const ref = typeof given === 'object' && given !== null && 'ref' in given ? given.ref : undefined;
  return ref === undefined ? undefined : plan.connections[ref];
}

/** Whether a source is read over a connection: it lies in a database or an object store, not in a file of the machine. */
export function isConnected({ from }: Source): boolean {
  const { path } = from.args;
  return from.name === 'query' || (typeof path === 'string' && schemeOf(path) === 's3');
}

/** The names of the secrets that a source or sink needs; without keys of its own an object store takes the usual ones. */
export function secretsOf(plan: Pick<Plan, 'connections'>, construct: Construct): readonly string[] {
  const connection = connectionOf(plan, construct);
  const names = Object.values(connection?.args ?? {}).flatMap(setting =>
    typeof setting === 'object' && setting !== null && 'secret' in setting ? [setting.secret] : [],
  );
  const { path } = construct.args;
  const stored = typeof path === 'string' && schemeOf(path) === 's3';
  return names.length === 0 && stored ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] : names;
}
