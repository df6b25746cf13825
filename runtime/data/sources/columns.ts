import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import { suggest } from '../../../compiler/diagnostics/suggest.ts';
import { fault } from '../faults.ts';
import type { DataFile } from './location.ts';
import type { ReadRequest } from './raw.ts';

/** Throws MLP8008 if the file lacks a wanted column; `absentOptional`: a column whose type is optional may be absent. */
export function requireColumns(
  request: Pick<ReadRequest, 'wanted' | 'schema'> & { readonly at?: number; readonly of?: string },
  file: DataFile,
  found: readonly string[],
  absentOptional = false,
): void {
  const missing = request.wanted.filter(
    column => !found.includes(column.name) && !(absentOptional && column.optional),
  );
  if (missing.length === 0) return;
  const extra = found.filter(name => !request.wanted.some(column => column.name === name));
  const near = missing.flatMap(({ name }) => {
    const instead = suggest(name, extra);
    return instead === undefined ? [] : [{ column: name, instead }];
  });
  throw fault(
    dataMessages.missingColumns,
    { path: file.name, missing, schema: request.schema, found, suggestion: near[0], of: request.of },
    request.at === undefined ? {} : { at: request.at },
  );
}
