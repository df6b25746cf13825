import { suggest } from '../diagnostics/suggest.ts';
import { zoneNames } from './generated/zone-names.ts';

let known: ReadonlySet<string> | undefined;

/** Whether the IANA database and both engines know a time zone by this name, in exactly this spelling. */
export function zoneExists(zone: string): boolean {
  known ??= new Set(zoneNames);
  return known.has(zone);
}

/** The right spelling of a name that differs from it only in upper and lower case. */
const respelt = (zone: string): string | undefined =>
  zoneNames.find(name => name.toLowerCase() === zone.toLowerCase());

/** The name that was meant, if one is near: of another place no more than a slip of the keyboard may differ. */
export function nearestZone(zone: string): string | undefined {
  const found = respelt(zone);
  if (found !== undefined) return found;
  const offset = /^(?:utc|gmt)?([+-])0?(\d{1,2})(?::?00)?$/i.exec(zone.trim());
  if (offset) return ahead(offset[1] === '+', Number(offset[2]));
  const [, place] = split(zone);
  const alike = zoneNames.filter(name => split(name)[1].toLowerCase() === place.toLowerCase());
  if (alike.length === 1) return alike[0];
  const near = suggest(zone, zoneNames);
  if (near === undefined) return undefined;
  // Munich is not Zurich, nor Wien Kiev: who mistypes a name gets its first letter right.
  const other = split(near)[1];
  const begun = place.slice(0, 1).toLowerCase() === other.slice(0, 1).toLowerCase();
  return begun && suggest(place, [other]) !== undefined ? near : undefined;
}

/** So many hours before or behind UTC; the sign in these names says how far UTC is ahead. */
function ahead(positive: boolean, hours: number): string | undefined {
  const name = hours === 0 ? 'UTC' : `Etc/GMT${positive ? '-' : '+'}${hours}`;
  return zoneExists(name) ? name : undefined;
}

const split = (zone: string): readonly [area: string, place: string] => {
  const at = zone.lastIndexOf('/') + 1;
  return [zone.slice(0, at), zone.slice(at)];
};
