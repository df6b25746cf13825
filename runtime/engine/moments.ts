/**
 * A moment as it is written on a command line, in milliseconds since 1970. Without a zone it is UTC, as wall-clock times are
 * held everywhere: what a run reads does not depend on where it runs. @throws Error for what is no time
 */
export function momentOf(text: string): number {
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const at = Date.parse(zoned ? text : /T/i.test(text) ? `${text}Z` : `${text}T00:00:00Z`);
  if (Number.isNaN(at))
    throw new Error(`${text} is not a time: write 2001-03-01, 2001-03-01T18:15 or 2001-03-01T18:15:00+01:00`);
  return at;
}
