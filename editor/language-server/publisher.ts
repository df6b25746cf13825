import type { Connection } from 'vscode-languageserver/node';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { shownDiagnostic } from './features/diagnostics.ts';
import type { Project } from './project.ts';

/** How long typing must rest before the file itself is checked, and before what depends on it is. */
const restMs = 10;
const othersMs = 150;

interface Pending {
  readonly changed: Set<string>;
  own: NodeJS.Timeout | undefined;
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

  constructor(connection: Connection, guarded: (work: () => void) => void) {
    this.connection = connection;
    this.guarded = guarded;
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
    pending.own = setTimeout(() => {
      // The very first time the other files have not been read yet: what the file itself and its imports say comes first.
      if (!pending.told) for (const file of pending.changed) this.tellAlone(project, pending, file);
      else for (const file of pending.changed) if (project.isOpen(file)) this.tell(project, pending, file);
    }, restMs);
    pending.others = setTimeout(() => this.tellOthers(project, pending, turn), othersMs);
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
      diagnostics: diagnostics.map(one => shownDiagnostic(project, one)),
    });
  }
}
