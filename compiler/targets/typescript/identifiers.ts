const RESERVED = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false finally for function ' +
    'if implements import in instanceof interface let new null package private protected public return static super switch ' +
    'this throw true try typeof var void while with yield await async of arguments eval undefined NaN Infinity ' +
    'Array Boolean Date Error Map Math Number Object Promise Record Readonly Set String Pick any bigint boolean never number ' +
    'object string symbol unknown'
  ).split(' '),
);

const words = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter(word => word !== '');
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `beakLength` of `beak_length` and of `Beak Length`. */
export function camelCase(name: string): string {
  const [first = 'value', ...rest] = words(name);
  const lower = /^[A-Z0-9]+$/.test(first)
    ? first.toLowerCase()
    : first.charAt(0).toLowerCase() + first.slice(1);
  return safe(lower + rest.map(capital).join(''));
}
/** `OrderMood` of `order_mood`; a name that is in this case already stays as it is. */
export const pascalCase = (name: string): string => safe(words(name).map(capital).join('') || 'Value');

/** A file's name: lower case with dashes. */
export const fileName = (name: string): string =>
  words(name)
    .map(word => word.toLowerCase())
    .join('-') || 'unnamed';

const safe = (name: string): string => (/^[0-9]/.test(name) || RESERVED.has(name) ? `_${name}` : name);

/** Gives each thing of one scope a name of its own; the first to ask gets it plain, later ones a number. */
export class Names {
  private readonly taken: Set<string>;
  private readonly given = new Map<string, string>();
  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }
  /** The name for `key`, the same each time it is asked for. */
  of(key: string, wanted: string): string {
    const known = this.given.get(key);
    if (known !== undefined) return known;
    let name = wanted;
    for (let n = 2; this.taken.has(name); n++) name = `${wanted}${n}`;
    this.taken.add(name);
    this.given.set(key, name);
    return name;
  }
}

/** Names for all of these at once, in their order. */
export function namesFor(
  all: readonly string[],
  style: (name: string) => string,
  taken: Iterable<string> = [],
): ReadonlyMap<string, string> {
  const names = new Names(taken);
  return new Map(all.map(name => [name, names.of(name, style(name))]));
}
