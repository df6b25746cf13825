import type { Connection } from 'vscode-languageserver/node';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { SourceFile } from '../../compiler/source/text.ts';
import { shownDiagnostic } from './features/diagnostics.ts';
import { inPresentText } from './findings.ts';
import { driven, isGivenUp, type Job } from './job.ts';
import type { Project } from './project.ts';

/** How long typing must rest before what depends on a file is checked, and before the whole project is. */
const othersMs = 150;
const wholeMs = 400;
/** A check that takes longer than this waits for a rest in the typing, half as long as it takes. */
const quickMs = 40;
const longestRestMs = 150;
/** Of more dependents than these a check of the whole project tells sooner than one of each. */
const manyDependents = 16;

interface Pending {
  readonly changed: Set<string>;
  timers: NodeJS.Timeout[];
  /** What checks of changed files take, in milliseconds: the lesser of the last two, since one may have been held up. */
  cost: number;
  last: number;
  /** Counts changes: work for an earlier one is given up. */
  turn: number;
  /** The whole project was told once. */
  told: boolean;
  /** What was told of a file last, where that is anything. */
  readonly published: Map<string, string>;
  /** What the linter said of each file when it last saw all of them. */
  rules: ReadonlyMap<string, readonly Diagnostic[]>;
}

export interface Telling {
  /** A fault of ours is told, and the server lives on. */
  guarded(work: () => Promise<void>): Promise<void>;
  /** Told after each slice of work. */
  sliced(what: string): void;
  readonly sliceMs: number;
  /** Whether somebody waits for an answer, who comes first. */
  pauses(): boolean;
  shown(project: Project, diagnostic: Diagnostic): unknown;
}

/**
 * Tells diagnostics: of the file that changed at once, of those that depend on it a moment later, and, when typing rests, of the
 * whole project, with what the rules of the linter say. All of it is work in slices: keystrokes and requests come in
 * between, and a keystroke ends what is under way for the text before it.
 */
export class Publisher {
  private readonly connection: Pick<Connection, 'sendDiagnostics'>;
  private readonly telling: Telling;
  private readonly projects = new Map<Project, Pending>();

  constructor(connection: Pick<Connection, 'sendDiagnostics'>, telling: Partial<Telling> = {}) {
    this.connection = connection;
    this.telling = {
      guarded: work => work(),
      sliced: () => {},
      sliceMs: 8,
      pauses: () => false,
      shown: shownDiagnostic,
      ...telling,
    };
  }

  changed(project: Project, file: string): void {
    const pending = this.of(project);
    pending.changed.add(file);
    this.again(project, pending);
  }

  /** Files on disk changed: anything may be different. */
  everything(project: Project): void {
    const pending = this.of(project);
    pending.told = false;
    this.again(project, pending);
  }

  /** What the linter says of a file, in its present text. */
  rulesOf(project: Project, file: SourceFile): readonly Diagnostic[] {
    return inPresentText(this.of(project).rules.get(file.path) ?? [], file);
  }

  private of(project: Project): Pending {
    let pending = this.projects.get(project);
    if (!pending) {
      pending = {
        changed: new Set(),
        timers: [],
        cost: 0,
        last: 0,
        turn: 0,
        told: false,
        published: new Map(),
        rules: new Map(),
      };
      this.projects.set(project, pending);
    }
    return pending;
  }

  private again(project: Project, pending: Pending): void {
    const turn = ++pending.turn;
    for (const timer of pending.timers) clearTimeout(timer);
    if (pending.cost > quickMs) setImmediate(() => this.tellSyntax(project, pending, turn));
    const rest = pending.cost <= quickMs ? 0 : Math.min(pending.cost / 2, longestRestMs);
    let own = Promise.resolve();
    const after = (ms: number, work: () => Promise<void>) =>
      setTimeout(() => {
        own = own.then(() => (pending.turn === turn ? this.whole(work) : undefined));
      }, ms);
    pending.timers = [after(rest, () => this.tellOwn(project, pending, turn))];
    if (pending.told) {
      pending.timers.push(after(othersMs, () => this.tellOthers(project, pending, turn)));
      pending.timers.push(after(wholeMs, () => this.tellAll(project, pending, turn)));
    } else pending.timers.push(after(othersMs, () => this.tellAll(project, pending, turn)));
  }

  /** Until the end, or until it is given up. */
  private whole(work: () => Promise<void>): Promise<void> {
    return this.telling.guarded(async () => {
      try {
        await work();
      } catch (error) {
        if (!isGivenUp(error)) throw error;
      }
    });
  }

  private result<T>(pending: Pending, turn: number, job: Job<T>, what: string): Promise<T> {
    const token = {
      get isCancellationRequested() {
        return pending.turn !== turn;
      },
    };
    const { sliceMs, pauses, sliced } = this.telling;
    return driven(job, { token, sliceMs, pauses, sliced: () => sliced(what) });
  }

  /** Mistakes of syntax at once, where all else has to wait for a rest. */
  private tellSyntax(project: Project, pending: Pending, turn: number): void {
    if (pending.turn !== turn || !pending.told) return;
    for (const file of pending.changed) {
      const found = project.isOpen(file) ? project.syntaxOf(file) : [];
      if (found.length > 0)
        void this.telling.guarded(async () => this.send(project, pending, file, found, []));
    }
  }

  private async tellOwn(project: Project, pending: Pending, turn: number): Promise<void> {
    const began = performance.now();
    for (const file of [...pending.changed])
      if (project.isOpen(file)) await this.tell(project, pending, turn, file);
    // The first one is cold, and tells nothing of those that follow.
    if (!pending.told) return;
    const cost = performance.now() - began;
    pending.cost = Math.min(cost, pending.last);
    pending.last = cost;
  }

  private async tell(project: Project, pending: Pending, turn: number, file: string): Promise<void> {
    // The very first time the other files have not been read yet: what the file itself and its imports say comes first.
    const job = pending.told ? project.checking(file) : project.alone(file);
    const { diagnostics, program } = await this.result(pending, turn, job, `check of ${file}`);
    const present = program.modules.get(file)?.file;
    const own = diagnostics.filter(one => one.file.path === file);
    this.send(project, pending, file, own, present ? this.rulesOf(project, present) : []);
  }

  private async tellOthers(project: Project, pending: Pending, turn: number): Promise<void> {
    const changed = [...pending.changed];
    const others = [...changed.filter(file => !project.isOpen(file)), ...project.dependents(changed)];
    if (others.length > manyDependents) return this.tellAll(project, pending, turn);
    for (const file of others) await this.tell(project, pending, turn, file);
  }

  private async tellAll(project: Project, pending: Pending, turn: number): Promise<void> {
    const compiling = project.compiling();
    const { diagnostics, program } = await this.result(pending, turn, compiling, 'check of the project');
    const found = byFile(diagnostics);
    const { rules } = pending;
    for (const file of new Set([...found.keys(), ...pending.published.keys(), ...pending.changed])) {
      const present = program.modules.get(file)?.file;
      // What the linter says of its settings comes below.
      if (!present && !found.has(file)) continue;
      const known = present ? inPresentText(rules.get(file) ?? [], present) : [];
      this.sendNew(project, pending, file, found.get(file) ?? [], known);
    }
    const first = !pending.told;
    pending.told = true;
    pending.changed.clear();
    if (first) await this.result(pending, turn, project.drawing(), 'look into the project');
    const findings = await this.result(pending, turn, project.linting(), 'lint of the project');
    pending.rules = byFile(findings.rules);
    const said = byFile(findings.compiler);
    for (const file of new Set([...said.keys(), ...pending.rules.keys(), ...pending.published.keys()]))
      this.sendNew(project, pending, file, said.get(file) ?? [], pending.rules.get(file) ?? []);
  }

  private send(
    project: Project,
    pending: Pending,
    file: string,
    own: readonly Diagnostic[],
    rules: readonly Diagnostic[],
  ): void {
    this.sendNew(project, pending, file, own, rules, true);
  }

  /** What an editor has been told already it is not told again, unless it just asked by a change. */
  private sendNew(
    project: Project,
    pending: Pending,
    file: string,
    own: readonly Diagnostic[],
    rules: readonly Diagnostic[],
    always = false,
  ): void {
    const diagnostics = [...own, ...rules].map(one => this.telling.shown(project, one));
    const text = JSON.stringify(diagnostics);
    if (!always && (pending.published.get(file) ?? '[]') === text) return;
    if (diagnostics.length === 0) pending.published.delete(file);
    else pending.published.set(file, text);
    void this.connection.sendDiagnostics({
      uri: project.uri(file),
      diagnostics: diagnostics as ReturnType<typeof shownDiagnostic>[],
    });
  }
}

function byFile(diagnostics: readonly Diagnostic[]): Map<string, Diagnostic[]> {
  const groups = new Map<string, Diagnostic[]>();
  for (const one of diagnostics) {
    const group = groups.get(one.file.path);
    if (group) group.push(one);
    else groups.set(one.file.path, [one]);
  }
  return groups;
}
