import { zoneNames } from './generated/zone-names.ts';

/** Names of time zones, as the IANA database and both engines have them. */
export const allZones = (): readonly string[] => zoneNames;

let known: ReadonlySet<string> | undefined;

/** Whether the name of a time zone is known, in exactly this spelling. */
export function zoneExists(zone: string): boolean {
  known ??= new Set(zoneNames);
  return known.has(zone);
}

/** The right spelling of a name that differs from it only in upper and lower case. */
export const respelt = (zone: string): string | undefined =>
  zoneNames.find(name => name.toLowerCase() === zone.toLowerCase());
