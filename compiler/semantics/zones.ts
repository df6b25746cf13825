/** Names of time zones, as the IANA database has them. */

export const allZones = (): readonly string[] => {
  zones ??= Intl.supportedValuesOf('timeZone');
  return zones;
};
let zones: readonly string[] | undefined;

const known = new Map<string, boolean>([['UTC', true]]);

/**
 * Whether the name of a time zone is known, in exactly this spelling: on a file system that tells upper from lower case
 * another spelling finds nothing. The list of main names is quick to get; only for one that is not on it (an alias, or
 * a mistake) a formatter is made, which takes tens of milliseconds the first time.
 */
export function zoneExists(zone: string): boolean {
  let exists = known.get(zone);
  if (exists === undefined) {
    exists = allZones().includes(zone) || isAlias(zone);
    known.set(zone, exists);
  }
  return exists;
}

/** The right spelling of a name that differs from it only in upper and lower case. */
export const respelt = (zone: string): string | undefined =>
  ['UTC', ...allZones()].find(name => name.toLowerCase() === zone.toLowerCase());

function isAlias(zone: string): boolean {
  if (!/^[A-Z]/.test(zone) || respelt(zone) !== undefined) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
