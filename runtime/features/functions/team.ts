/** Functions of the team's own code: called for one row as for many, and held to what the spec declares of them. */
import { foreignMessages } from '../../../compiler/diagnostics/messages/foreign.ts';
import type { Type } from '../../../compiler/plan/plan.ts';
import { fault } from '../../data/faults.ts';
import { typeFault } from '../type-fault.ts';
import { intOf, RowError, type Scalar } from './values.ts';

/** What the spec says of a function, and where its code came from. */
export interface TeamDeclaration {
  readonly name: string;
  /** `steps/clean.ts:clean` */
  readonly target: string;
  readonly parameters: readonly Type[];
  readonly result: Type;
  /** Hash of the code; what it computes is computed anew when that changes. */
  readonly code: string;
  /** Address of the module that exports it among its `functions`, for the processes that steps run in. */
  readonly module: string;
}

// Parameters of any type: each function has its own.
type AnyFunction = (...args: never[]) => unknown;
export type DeclaredFunction<F extends AnyFunction = AnyFunction> = F & {
  readonly declared: TeamDeclaration;
};
/** By the name under which expressions call them. */
export type TeamFunctions = Readonly<Record<string, DeclaredFunction>>;

type Value = Scalar | null;

/**
 * The function with its result checked; `G` is the type that the team may write it in. It is deterministic by contract: it may be called for a row once, often or not at all.
 * @throws MlpError if the code exports no such function
 */
export function teamFunction<F extends AnyFunction, G extends AnyFunction = F>(
  implementation: G | undefined,
  declared: TeamDeclaration,
): DeclaredFunction<F> {
  if (typeof implementation !== 'function')
    throw fault(foreignMessages.noExport, { name: declared.name, target: declared.target });
  const call = (...args: readonly Value[]): Value => {
    let value: unknown;
    try {
      value = (implementation as unknown as (...args: readonly Value[]) => unknown)(...args);
    } catch (error) {
      throw new RowError(`${declared.target} failed: ${wordsOf(error)}`);
    }
    return checked(value, declared);
  };
  return Object.assign(call, { declared }) as unknown as DeclaredFunction<F>;
}

/** The value for arguments that may be null: where one is that may not be, there is none. */
export function callTeam(team: DeclaredFunction, args: readonly Value[]): Value {
  const { parameters } = team.declared;
  if (args.some((arg, i) => arg === null && !parameters[i]!.optional)) return null;
  return (team as unknown as (...args: readonly Value[]) => Value)(...args);
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message.split('\n', 1)[0]}` : String(error);

function checked(given: unknown, { target, result }: TeamDeclaration): Value {
  const value = given === undefined && result.optional ? null : given;
  if (value === null) {
    if (result.optional) return null;
    throw new RowError(`${target} gave null, and its result is not optional`);
  }
  const held = heldAs(value, result);
  if (held === undefined) throw new RowError(`${target} gave ${shownAs(value)}, which is no ${result.kind}`);
  const found = typeFault(held, result);
  if (found) throw new RowError(`${target} gave ${shownAs(value)}, which ${found.what}`);
  return held;
}

/** The value as expressions hold it; undefined: it is of another type. */
function heldAs(value: unknown, { kind }: Type): Scalar | undefined {
  switch (kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'int':
      if (typeof value === 'bigint') return intOf(value);
      return Number.isSafeInteger(value) ? (value as number) + 0 : undefined;
    case 'float':
    case 'rate':
      return typeof value === 'number' ? value : undefined;
    case 'string':
    case 'enum':
      // Half a letter is no text that a database could hold.
      return typeof value === 'string' && !/\p{Surrogate}/u.test(value) ? value : undefined;
    default:
      return Number.isSafeInteger(value) ? (value as number) + 0 : undefined;
  }
}

function shownAs(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? 'a text' : JSON.stringify(value);
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'object' || typeof value === 'function' ? `a ${typeof value}` : String(value);
}
