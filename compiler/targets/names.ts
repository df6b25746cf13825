import { sha256 } from '../plan/sha256.ts';

/** Lower case with dashes, a DNS label of at most `limit` characters; `x` if nothing of the name can be kept. */
export function dnsLabel(name: string, limit = 63): string {
  const plain = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const named = /^[a-z]/.test(plain) ? plain : `x-${plain}`.replace(/-+$/, '');
  return named.slice(0, limit).replace(/-+$/, '');
}

/** One DNS label for each of the names; where two would be the same, each gets a few digits of its name's hash. */
export function dnsLabels(names: readonly string[], limit = 63): ReadonlyMap<string, string> {
  const labels = new Map(names.map(name => [name, dnsLabel(name, limit)]));
  const counts = new Map<string, number>();
  for (const label of labels.values()) counts.set(label, (counts.get(label) ?? 0) + 1);
  for (const [name, label] of labels)
    if (counts.get(label)! > 1) labels.set(name, `${dnsLabel(name, limit - 7)}-${sha256(name).slice(0, 6)}`);
  return labels;
}

/** A name for Argo's artifacts, which take letters, digits, `_` and `-`; different names stay different. */
export const artifactName = (name: string): string =>
  name.replace(/[^A-Za-z0-9_]/gu, c => `-x${c.codePointAt(0)!.toString(16)}-`);
