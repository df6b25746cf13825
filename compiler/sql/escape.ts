/** The one place where names, text and numbers of a spec enter SQL. */

/** A quoted identifier: any text is a name. DuckDB names hold no NUL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('\0', '').replaceAll('"', '""')}"`;
}

/** A text as a literal. NUL, which would end a statement, is joined in by its code. */
export function text(value: string): string {
  const parts = value.split('\0').map(part => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || chr(0) || ')})`;
}

/** A double that reads back as the same double. Without an exponent DuckDB would read a decimal. */
export function double(value: number): string {
  if (Number.isNaN(value)) return "'nan'::DOUBLE";
  if (!Number.isFinite(value)) return value > 0 ? "'inf'::DOUBLE" : "'-inf'::DOUBLE";
  const written = Object.is(value, -0) ? '-0' : String(value);
  return written.includes('e') ? written : `${written}e0`;
}
