/** The one place where names and text enter the SQL that the runtime itself writes. */

/** A quoted identifier: any text is a name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal. DuckDB text cannot hold NUL, so neither can a literal. */
export function literal(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`;
}

/** A list of string literals, `['a', 'b']`. */
export function literals(texts: readonly string[]): string {
  return `[${texts.map(literal).join(', ')}]`;
}

/** A finite number as SQL that reads back as the same double (a bare `0.7` is a DECIMAL to DuckDB). */
export function number(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : `'${value}'::DOUBLE`;
}
