/** ISO text of a date, wall-clock time or instant in microseconds since 1970; what has no offset is read as it stands. */
export function microsecondsOf(text: string): number {
  const [, moment = text, fraction = '', zone = ''] =
    /^(.*?)(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?$/.exec(withTime(text)) ?? [];
  const whole = Date.parse(`${moment}${zone === '' ? 'Z' : zone}`);
  return whole * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
const withTime = (text: string): string =>
  text.includes('T') ? text.replace(/(T\d{2}:\d{2})(?!:)/, '$1:00') : `${text}T00:00:00`;
