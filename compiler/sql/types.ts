import type { Type } from '../plan/plan.ts';

/** The DuckDB type in which values of a type are held. Durations are milliseconds, sizes bytes, rates per second. */
export function sqlType(type: Type): string {
  switch (type.kind) {
    case 'bool':
      return 'BOOLEAN';
    case 'int':
    case 'duration':
    case 'size':
      return 'BIGINT';
    case 'float':
    case 'rate':
      return 'DOUBLE';
    case 'date':
      return 'DATE';
    case 'datetime':
      return 'TIMESTAMP';
    case 'timestamp':
      return 'TIMESTAMPTZ';
    case 'list':
      return `${type.element === undefined ? 'VARCHAR' : sqlType(type.element)}[]`;
    case 'vector':
      return type.length === undefined ? 'DOUBLE[]' : `DOUBLE[${type.length}]`;
    case 'blob':
      return 'BLOB';
    default:
      return 'VARCHAR';
  }
}
