import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import { lintMessages } from '../diagnostics/messages/lint.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { decode } from '../source/decode.ts';
import type { Host } from '../source/host.ts';
import { type JsonPath, jsonSpan } from '../source/json.ts';
import { relativePath } from '../source/modules.ts';
import type { SourceFile } from '../source/text.ts';
import { defaultsOf, type Level, levels, type Rule } from './rule.ts';
import { rules, rulesByName } from './rules/index.ts';
import { type SettingsFault, settingsFaults } from './validator.ts';

export interface RuleSetting {
  readonly level: Level;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Settings {
  /** Every rule has one. */
  readonly rules: ReadonlyMap<string, RuleSetting>;
  /** Rules that no spec may suppress, with the file that says so. */
  readonly locked: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
  /** All files that were read or looked for: what the settings depend on. */
  readonly files: readonly string[];
}

interface Written {
  readonly extends?: string | readonly string[];
  readonly rules?: Readonly<Record<string, Level | readonly [Level, Readonly<Record<string, unknown>>]>>;
  readonly locked?: readonly string[];
}

const presets: Readonly<Record<string, (rule: Rule) => Level>> = {
  'mlp:recommended': rule => rule.level,
  'mlp:strict': rule => rule.strict,
  'mlp:none': () => 'off',
};

/** How many folders up packages are looked for. */
const HEIGHT = 12;

/**
 * The settings of a project: `lint` in its `mlp.json`, over what that extends, over `mlp:recommended`. `above` are the
 * `mlp.json` of folders above it, the nearest first; what they lock holds here too.
 */
export function readSettings(host: Host, above: readonly string[] = []): Settings {
  const reader = new Reader(host);
  // From the top down, so that what stands higher has the word.
  const locks = new Map<string, { readonly by: string; readonly setting: RuleSetting }>();
  for (const path of [...above].reverse()) {
    const upper = reader.project(path, locks);
    for (const [name, by] of upper.locked)
      if (!locks.has(name)) locks.set(name, { by, setting: upper.rules.get(name)! });
  }
  const { rules: set, locked } = reader.project('mlp.json', locks);
  for (const [name, { by }] of locks) locked.set(name, by);
  return { rules: set, locked, diagnostics: reader.diagnostics, files: [...reader.files] };
}

interface State {
  readonly rules: Map<string, RuleSetting>;
  readonly locked: Map<string, string>;
}
type Locks = ReadonlyMap<string, { readonly by: string; readonly setting: RuleSetting }>;

class Reader {
  readonly diagnostics: Diagnostic[] = [];
  readonly files = new Set<string>();
  private readonly host: Host;

  constructor(host: Host) {
    this.host = host;
  }

  project(path: string, locks: Locks): State {
    const state: State = {
      rules: new Map(rules.map(rule => [rule.name, { level: rule.level, options: defaultsOf(rule) }])),
      locked: new Map(),
    };
    for (const [name, { setting }] of locks) state.rules.set(name, setting);
    const found = this.json(path);
    if (found && isRecord(found.value) && isRecord(found.value['lint']))
      this.take(new Place(found.file, ['lint']), found.value['lint'], state, locks, [path]);
    return state;
  }

  /** Puts the settings of one file over those so far. */
  private take(place: Place, value: unknown, state: State, locks: Locks, chain: readonly string[]): void {
    const written = this.valid(place, value);
    const list = written.extends ?? [];
    for (const [i, name] of (typeof list === 'string' ? [list] : list).entries())
      this.extend(name, place.in('extends', ...(typeof list === 'string' ? [] : [i])), state, locks, chain);
    for (const [name, setting] of Object.entries(written.rules ?? {})) {
      const rule = rulesByName.get(name)!;
      const [level, options] = typeof setting === 'string' ? [setting, undefined] : setting;
      const lock = locks.get(name);
      const before = state.rules.get(name)!;
      if (lock) {
        const lower = levels.indexOf(level) < levels.indexOf(lock.setting.level);
        if (lower || options) {
          const facts = { rule: name, by: lock.by, what: lower ? `the level "${level}"` : 'options' };
          this.diagnostics.push(lintMessages.lowered(facts, place.in('rules', name).value()));
          continue;
        }
      }
      const chosen = options ? { ...defaultsOf(rule), ...options } : before.options;
      state.rules.set(name, { level, options: chosen });
    }
    for (const name of written.locked ?? []) state.locked.set(name, place.file.path);
  }

  private extend(name: string, at: Place, state: State, locks: Locks, chain: readonly string[]): void {
    const fail = (reason: string, suggestion?: string): void => {
      const { file, span } = at.value();
      const fixes: Fix[] = suggestion
        ? [
            {
              title: `change it to "${suggestion}"`,
              edits: [{ file, span, text: JSON.stringify(suggestion) }],
            },
          ]
        : [];
      this.diagnostics.push(
        lintMessages.missingSettings({ name, reason, suggestion }, { file, span, fixes }),
      );
    };
    if (name.startsWith('mlp:')) {
      const preset = presets[name];
      if (!preset) {
        fail('is no preset', suggest(name, Object.keys(presets)));
        return;
      }
      for (const rule of rules)
        if (!locks.has(rule.name))
          state.rules.set(rule.name, { ...state.rules.get(rule.name)!, level: preset(rule) });
      return;
    }
    const found = this.find(name, at.file.path);
    if (!found) {
      fail(isPath(name) ? 'is no file' : 'is not installed, or has no such settings');
      return;
    }
    const { file, value } = found;
    if (chain.includes(file.path)) {
      fail(`extends itself: ${[...chain, file.path].join(' → ')}`);
      return;
    }
    const inside = isRecord(value) && 'lint' in value ? (['lint'] as const) : ([] as const);
    const settings = inside.length > 0 ? (value as Record<string, unknown>)['lint'] : value;
    this.take(new Place(file, inside), settings, state, locks, [...chain, file.path]);
  }

  private find(name: string, from: string): { file: SourceFile; value: unknown } | undefined {
    if (isPath(name)) {
      const path = climbing(from, name);
      return this.json(path);
    }
    const inside = /^(@[^/]+\/)?[^/]+\/.+\.json$/.test(name) ? name : `${name}/mlp-lint.json`;
    for (let up = 0; up <= HEIGHT; up++) {
      const found = this.json(`${'../'.repeat(up)}node_modules/${inside}`);
      if (found) return found;
    }
    return undefined;
  }

  private json(path: string): { file: SourceFile; value: unknown } | undefined {
    this.files.add(path);
    const bytes = this.host.readFile(path);
    if (!bytes) return undefined;
    const { file } = decode(path, bytes);
    try {
      return { file, value: JSON.parse(file.text) };
    } catch (error) {
      // The compiler tells it of the project's own.
      if (path !== 'mlp.json') {
        const facts = { where: path, reason: `is not valid JSON: ${(error as Error).message}` };
        this.diagnostics.push(lintMessages.setting(facts, { file, span: { start: 0, end: 1 } }));
      }
      return { file, value: {} };
    }
  }

  /** The settings without what is wrong in them, which is reported at its place. */
  private valid(place: Place, value: unknown): Written {
    const faults = settingsFaults(value);
    if (faults.length === 0) return value as Written;
    const broken = new Set<string>();
    const told = new Set<string>();
    for (const fault of deepest(faults)) {
      const path = pathOf(fault.instancePath);
      broken.add(JSON.stringify(faultyPart(fault, path)));
      const diagnostic = this.faultOf(place, fault, path, value);
      const key = `${diagnostic.span.start} ${diagnostic.message}`;
      if (!told.has(key)) this.diagnostics.push(diagnostic);
      told.add(key);
    }
    return without(value, broken);
  }

  private faultOf(place: Place, fault: SettingsFault, path: JsonPath, value: unknown): Diagnostic {
    const extra = fault.params['additionalProperty'];
    if (typeof extra === 'string') {
      const at = place.in(...path, extra).key();
      if (path.length === 1 && path[0] === 'rules') {
        const suggestion = suggest(extra, rulesByName.keys());
        return lintMessages.unknownRule(
          { rule: extra, suggestion },
          { ...at, fixes: renamed(at, suggestion) },
        );
      }
      const rule = path[0] === 'rules' ? rulesByName.get(String(path[1])) : undefined;
      const known = rule ? Object.keys(rule.options) : ['extends', 'rules', 'locked'];
      const suggestion = suggest(extra, known);
      const what = rule ? `the rule "${rule.name}"` : 'the settings of mlp lint';
      const kind = rule ? 'option' : 'entry';
      const reason = `has no ${kind} "${extra}"; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}`;
      return lintMessages.setting({ where: what, reason }, { ...at, fixes: renamed(at, suggestion) });
    }
    const [section, name] = path;
    const at = place.in(...path).value();
    if (section === 'locked' && path.length === 2) {
      const given = valueAt(value, path);
      const suggestion = typeof given === 'string' ? suggest(given, rulesByName.keys()) : undefined;
      return lintMessages.unknownRule(
        { rule: String(given), suggestion },
        { ...at, fixes: renamed(at, suggestion) },
      );
    }
    if (section === 'rules' && path.length === 4) {
      const option = rulesByName.get(String(name))?.options[String(path[3])];
      const where = `"${String(path[3])}" of the rule "${String(name)}"`;
      return lintMessages.setting({ where, reason: `must be ${expected(option)}` }, at);
    }
    if (section === 'rules' && path.length > 4) {
      const where = `an item of "${String(path[3])}" of the rule "${String(name)}"`;
      const option = rulesByName.get(String(name))?.options[String(path[3])];
      const of = option?.kind === 'texts' ? option.of : undefined;
      return lintMessages.setting(
        { where, reason: of ? `must be one of ${of.join(', ')}` : 'must be a text' },
        at,
      );
    }
    if (section === 'rules' && name !== undefined) return this.ruleFault(place, String(name));
    const reasons: Readonly<Record<string, string>> = {
      extends: 'must be a text or a list of texts',
      rules: 'must be an object of rules and their levels',
      locked: 'must be a list of names of rules',
    };
    const reason = reasons[String(section)] ?? 'must be an object';
    return lintMessages.setting(
      { where: section === undefined ? '"lint"' : `"${String(section)}"`, reason },
      at,
    );
  }

  private ruleFault(place: Place, name: string): Diagnostic {
    const { options } = rulesByName.get(name)!;
    const known = Object.keys(options);
    const level = `one of ${levels.map(one => `"${one}"`).join(', ')}`;
    const reason =
      known.length === 0
        ? `must be ${level}; it has no options`
        : `must be ${level}, or a list of a level and options such as ["warn", { "${known[0]}": ${JSON.stringify(options[known[0]!]!.default)} }]`;
    return lintMessages.setting({ where: `the rule "${name}"`, reason }, place.in('rules', name).value());
  }
}

/** Where in a file settings stand. */
class Place {
  readonly file: SourceFile;
  private readonly path: JsonPath;

  constructor(file: SourceFile, path: JsonPath) {
    this.file = file;
    this.path = path;
  }

  in(...path: JsonPath): Place {
    return new Place(this.file, [...this.path, ...path]);
  }

  key() {
    return this.at('key');
  }

  value() {
    return this.at('value');
  }

  private at(what: 'key' | 'value') {
    const span = jsonSpan(this.file.text, this.path, what) ?? { start: 0, end: this.file.text.length };
    return { file: this.file, span };
  }
}

/** Of alternatives (a level, or a list with one) each complains; what was meant is the one that went furthest. */
function deepest(faults: readonly SettingsFault[]): SettingsFault[] {
  const inside = (outer: string, inner: string): boolean => inner.startsWith(`${outer}/`);
  return faults.filter(
    ({ instancePath, keyword }) =>
      keyword === 'additionalProperties' || !faults.some(other => inside(instancePath, other.instancePath)),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPath = (name: string): boolean => /^\.\.?\//.test(name);

function renamed({ file, span }: ReturnType<Place['key']>, suggestion: string | undefined): Fix[] {
  if (suggestion === undefined) return [];
  const text = JSON.stringify(suggestion);
  return [{ title: `change it to ${text}`, edits: [{ file, span, text }] }];
}

/** `/rules/small-slice/1/least` as a path. */
const pathOf = (pointer: string): JsonPath =>
  pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map(part => (/^\d+$/.test(part) ? Number(part) : part));

/** What is left out for a fault: a rule, an item of a list, a whole section. */
function faultyPart({ params }: SettingsFault, path: JsonPath): JsonPath {
  const full =
    typeof params['additionalProperty'] === 'string' ? [...path, params['additionalProperty']] : path;
  return full.slice(0, 2);
}

const valueAt = (value: unknown, path: JsonPath): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value);

function expected(option: Rule['options'][string] | undefined): string {
  switch (option?.kind) {
    case 'number':
      return `a number from ${option.min} to ${option.max}`;
    case 'boolean':
      return 'true or false';
    default:
      return 'a list of texts';
  }
}

function without(value: unknown, broken: ReadonlySet<string>): Written {
  if (!isRecord(value) || broken.has('[]')) return {};
  const kept: Record<string, unknown> = {};
  for (const [section, inside] of Object.entries(value)) {
    if (broken.has(JSON.stringify([section]))) continue;
    if (Array.isArray(inside))
      kept[section] = inside.filter((_, i) => !broken.has(JSON.stringify([section, i])));
    else if (isRecord(inside))
      kept[section] = Object.fromEntries(
        Object.entries(inside).filter(([name]) => !broken.has(JSON.stringify([section, name]))),
      );
    else kept[section] = inside;
  }
  return kept as Written;
}

/** A path relative to a file; unlike an import it may lead out of the project. */
function climbing(from: string, path: string): string {
  const inside = relativePath(from, path);
  if (inside !== undefined && !from.startsWith('../')) return inside;
  const parts = from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
