import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Type } from '../../compiler/plan/plan.ts';
import { callTeam, type DeclaredFunction, type TeamFunctions } from '../features/functions/team.ts';
import { intOf, type Scalar } from '../features/functions/values.ts';

type Duckdb = typeof import('@duckdb/node-api');

/**
 * Lets SQL call the team's functions. DuckDB hands over a chunk of rows at a time, on this process's own thread; an error
 * of one row is the query's, which `rowFault` then places.
 */
export async function registerFunctions(
  connection: DuckDBConnection,
  functions: TeamFunctions,
): Promise<void> {
  const duckdb = await import('@duckdb/node-api');
  for (const [name, team] of Object.entries(functions)) register(duckdb, connection, name, team);
}

function register(duckdb: Duckdb, connection: DuckDBConnection, name: string, team: DeclaredFunction): void {
  const { parameters, result } = team.declared;
  const held = parameters.map(type => heldOf(type));
  const given = givenOf(duckdb, result);
  connection.registerScalarFunction(
    duckdb.DuckDBScalarFunction.create({
      name,
      parameterTypes: parameters.map(type => typeOf(duckdb, type)),
      returnType: typeOf(duckdb, result),
      specialHandling: true,
      mainFunction: (info, input, output) => {
        try {
          const columns = held.map((_, i) => input.getColumnVector(i));
          for (let row = 0; row < input.rowCount; row++) {
            const args = columns.map((column, i) => {
              const value = column.getItem(row);
              return value === null ? null : held[i]!(value);
            });
            const value = callTeam(team, args);
            output.setItem(row, value === null ? null : given(value));
          }
          output.flush();
        } catch (error) {
          info.setError((error as Error).message);
        }
      },
    }),
  );
}

function typeOf(duckdb: Duckdb, { kind }: Type): DuckDBType {
  switch (kind) {
    case 'bool':
      return duckdb.BOOLEAN;
    case 'int':
    case 'duration':
    case 'size':
      return duckdb.BIGINT;
    case 'float':
    case 'rate':
      return duckdb.DOUBLE;
    case 'date':
      return duckdb.DATE;
    case 'datetime':
      return duckdb.TIMESTAMP;
    case 'timestamp':
      return duckdb.TIMESTAMPTZ;
    default:
      return duckdb.VARCHAR;
  }
}

/** A cell of DuckDB as expressions hold it. */
function heldOf({ kind }: Type): (value: DuckDBValue) => Scalar {
  switch (kind) {
    case 'int':
    case 'duration':
    case 'size':
      return value => intOf(value as bigint);
    case 'date':
      return value => (value as { readonly days: number }).days;
    case 'datetime':
    case 'timestamp':
      return value => Number((value as { readonly micros: bigint }).micros);
    default:
      return value => value as Scalar;
  }
}

function givenOf(duckdb: Duckdb, { kind }: Type): (value: Scalar) => DuckDBValue {
  switch (kind) {
    case 'int':
    case 'duration':
    case 'size':
      return value => BigInt(value);
    case 'date':
      return value => new duckdb.DuckDBDateValue(Number(value));
    case 'datetime':
      return value => new duckdb.DuckDBTimestampValue(BigInt(value));
    case 'timestamp':
      return value => new duckdb.DuckDBTimestampTZValue(BigInt(value));
    default:
      return value => value;
  }
}
