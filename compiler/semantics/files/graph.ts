import { folded } from '../checker/same-but-case.ts';
import { type Facts, wordsOf } from './facts.ts';

/**
 * Which files of a project the diagnostics of a file may depend on. One file needs another if it imports it or has a word in
 * it that the other declares, since what runs and stores is known by name in the whole project; and if both declare a name,
 * be it in other letters. That is more than there is, never less: a file too many costs time, one too few a wrong answer.
 */
export class FileGraph {
  private readonly facts: Map<string, Facts>;
  private readonly needed = new Map<string, readonly string[]>();
  private readonly users = new Map<string, string[]>();
  private readonly declaring = new Map<string, string[]>();
  private readonly alike = new Map<string, string[]>();

  constructor(facts: ReadonlyMap<string, Facts>) {
    this.facts = new Map(facts);
    for (const [path, { declares }] of facts)
      for (const name of declares) {
        push(this.declaring, name, path);
        push(this.alike, folded(name), path);
      }
    for (const [path, one] of facts) this.connect(path, one);
  }

  private connect(path: string, one: Facts): void {
    const others = new Set(one.imports);
    for (const name of one.declares)
      for (const other of this.alike.get(folded(name)) ?? NONE) others.add(other);
    const words = wordsOf(one);
    for (let i = 0; i < words.length; i++) {
      const declaring = this.declaring.get(words[i]!);
      if (declaring) for (const other of declaring) others.add(other);
    }
    others.delete(path);
    this.needed.set(path, [...others]);
    for (const other of others) push(this.users, other, path);
  }

  /**
   * Takes a changed file in without drawing all again: false, and nothing done, where what it declares is not the same or a
   * file that it imports is not there yet.
   */
  replace(path: string, one: Facts): boolean {
    const before = this.facts.get(path);
    const alike = before && sameItems(before.declares, one.declares);
    if (!alike || !one.imports.every(other => this.facts.has(other))) return false;
    this.facts.set(path, one);
    for (const other of this.needed.get(path) ?? NONE) {
      const users = this.users.get(other)!;
      users.splice(users.indexOf(path), 1);
    }
    this.connect(path, one);
    return true;
  }

  /** The files, those that need them, and so on. */
  dependents(paths: Iterable<string>): Set<string> {
    return reach(paths, path => this.users.get(path) ?? NONE);
  }

  /** The files and all that they need. */
  needs(paths: Iterable<string>): Set<string> {
    return reach(paths, path => this.needed.get(path) ?? NONE);
  }

  /**
   * All that the diagnostics in a file depend on: what it needs; who uses it, where it is judged by that; and whoever uses a
   * policy that is among these, since a policy is checked where it is used.
   */
  context(path: string): Set<string> {
    const facts = this.facts.get(path);
    if (facts?.judgedBy === 'all') return new Set(this.facts.keys());
    const users = facts?.judgedBy === 'users' ? (this.users.get(path) ?? NONE) : NONE;
    const readers = (facts?.guards ?? NONE).flatMap(table => this.mentioning(table));
    return reach([path, ...users, ...readers], other => {
      const needed = this.needed.get(other) ?? NONE;
      return this.facts.get(other)?.policies ? [...needed, ...(this.users.get(other) ?? NONE)] : needed;
    });
  }

  private mentioning(name: string): string[] {
    const line = `\n${name}\n`;
    return [...this.facts].filter(([, one]) => `\n${one.mentions}\n`.includes(line)).map(([path]) => path);
  }
}

const NONE: readonly string[] = [];

const sameItems = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((item, i) => item === others[i]);

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function reach(from: Iterable<string>, next: (path: string) => readonly string[]): Set<string> {
  const found = new Set(from);
  for (const path of found) for (const other of next(path)) found.add(other);
  return found;
}
