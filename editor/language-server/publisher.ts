import type { Connection } from 'vscode-languageserver/node';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { shownDiagnostic } from './features/diagnostics.ts';
import type { Project } from './project.ts';

const shownDiagnostics = (project: Project, found: readonly Diagnostic[]) =>
  found.map(one => shownDiagnostic(project, one));

/** How long typing must rest before what depends on a file is checked. */
const othersMs = 150;
/** A check that takes longer than this waits for a rest in the typing, half as long as it takes. */
const quickMs = 40;
const longestRestMs = 150;

interface Pending {
  readonly changed: Set<string>;
  own: NodeJS.Timeout | undefined;
  /** What the last check of a changed file took, in milliseconds. */
  cost: number;
  others: NodeJS.Timeout | undefined;
  /** Counts changes: work for an earlier one is given up. */
  turn: number;
  /** The whole project was told once. */
  told: boolean;
  readonly published: Set<string>;
}

/**
 * Tells diagnostics: of the file that changed at once, of those that depend on it a moment later and one at a time, so that
 * a keystroke in between is not kept waiting, and given up when it comes.
 */
export class Publisher {
  private readonly connection: Connection;
  private readonly guarded: (work: () => void) => void;
  private readonly projects = new Map<Project, Pending>();

  private readonly shown: typeof shownDiagnostics;

  constructor(connection: Connection, guarded: (work: () => void) => void, shown = shownDiagnostics) {
    this.connection = connection;
    this.guarded = guarded;
    this.shown = shown;
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

  private of(project: Project): Pending {
    let pending = this.projects.get(project);
    if (!pending) {
      pending = {
        changed: new Set(),
        own: undefined,
        cost: 0,
        others: undefined,
        turn: 0,
        told: false,
        published: new Set(),
      };
      this.projects.set(project, pending);
    }
    return pending;
  }

  private again(project: Project, pending: Pending): void {
    const turn = ++pending.turn;
    clearTimeout(pending.own);
    clearTimeout(pending.others);
    if (pending.cost > quickMs) setImmediate(() => this.tellSyntax(project, pending, turn));
    const rest = pending.cost <= quickMs ? 0 : Math.min(pending.cost / 2, longestRestMs);
    pending.own = setTimeout(() => {
      const began = performance.now();
      // The very first time the other files have not been read yet: what the file itself and its imports say comes first.
      if (!pending.told) for (const file of pending.changed) this.tellAlone(project, pending, file);
      else for (const file of pending.changed) if (project.isOpen(file)) this.tell(project, pending, file);
      pending.cost = performance.now() - began;
    }, rest);
    pending.others = setTimeout(() => this.tellOthers(project, pending, turn), othersMs);
  }

  /** Mistakes of syntax at once, where all else has to wait for a rest. */
  private tellSyntax(project: Project, pending: Pending, turn: number): void {
    if (pending.turn !== turn || !pending.told) return;
    for (const file of pending.changed) {
      const found = project.isOpen(file) ? project.syntaxOf(file) : [];
      if (found.length > 0) this.guarded(() => this.send(project, pending, file, found));
    }
  }

  private tell(project: Project, pending: Pending, file: string): void {
    this.guarded(() => this.send(project, pending, file, project.diagnosticsOf(file)));
  }

  private tellAlone(project: Project, pending: Pending, file: string): void {
    if (project.isOpen(file)) this.guarded(() => this.send(project, pending, file, project.alone(file)));
  }

  private tellOthers(project: Project, pending: Pending, turn: number): void {
    this.guarded(() => {
      const changed = [...pending.changed];
      const closed = changed.filter(file => !project.isOpen(file));
      if (!pending.told) {
        this.tellAll(project, pending);
        pending.told = true;
        pending.changed.clear();
        return;
      }
      const queue = [...closed, ...project.dependents(changed)];
      const next = () => {
        if (pending.turn !== turn) return;
        const file = queue.shift();
        if (file === undefined) return pending.changed.clear();
        this.tell(project, pending, file);
        setImmediate(next);
      };
      next();
    });
  }

  private tellAll(project: Project, pending: Pending): void {
    const byFile = new Map<string, Diagnostic[]>();
    for (const diagnostic of project.checkAll().diagnostics) {
      const of = byFile.get(diagnostic.file.path);
      if (of) of.push(diagnostic);
      else byFile.set(diagnostic.file.path, [diagnostic]);
    }
    for (const file of new Set([...byFile.keys(), ...pending.published, ...pending.changed]))
      this.send(project, pending, file, byFile.get(file) ?? []);
  }

  private send(project: Project, pending: Pending, file: string, diagnostics: readonly Diagnostic[]): void {
    if (diagnostics.length === 0) pending.published.delete(file);
    else pending.published.add(file);
    void this.connection.sendDiagnostics({
      uri: project.uri(file),
      diagnostics: this.shown(project, diagnostics),
    });
  }
}
