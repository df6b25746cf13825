import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { serveMessages } from '../../compiler/diagnostics/messages/serve.ts';
import { fault } from '../data/faults.ts';

/** What is kept of one prediction. No other column of the request is. */
export interface LoggedPrediction {
  readonly id: string;
  /** When it was asked for, ISO, by the clock of the service. */
  readonly asked: string;
  readonly model: string;
  readonly version: number;
  /** The moment of the prediction. */
  readonly at: string;
  readonly key: Readonly<Record<string, unknown>>;
  readonly features: Readonly<Record<string, unknown>>;
  readonly prediction: Readonly<Record<string, unknown>>;
  readonly probability?: number;
  readonly probabilities?: Readonly<Record<string, number>>;
  /** Columns of the request that a monitor matches labels by. */
  readonly matched: Readonly<Record<string, unknown>>;
}

export interface RequestLogOptions {
  /** The store's folder, `.mlp`. */
  readonly store: string;
  readonly environment: string;
  readonly deployment: string;
  /** Share of predictions that are kept, in 0..1. */
  readonly share: number;
  /** A file is closed and a new one begun at this size. */
  readonly rotateBytes?: number;
  /** Told when lines cannot be written, and once when they can again. */
  readonly onTrouble?: (reason: string | null) => void;
  readonly now?: () => Date;
}

const flushMs = 250;
const flushBytes = 64 * 1024;
/** Lines that cannot be written are kept up to this, so that a disk that is full for a moment loses nothing. */
const mostBytes = 4 * 1024 * 1024;

/**
 * The request log of one process: JSON lines under `requests/ENVIRONMENT/DEPLOYMENT/`, in files of its own, so that processes
 * never write into each other's lines. A file holds whole lines only: each write is of whole lines, and one that the disk cut
 * short is taken back.
 */
export class RequestLog {
  readonly folder: string;
  /** Lines that were given up, for the metrics. */
  lost = 0;
  written = 0;
  private readonly share: number;
  private readonly rotateBytes: number;
  private readonly onTrouble: (reason: string | null) => void;
  private readonly now: () => Date;
  private lines: string[] = [];
  private size = 0;
  private timer: NodeJS.Timeout | undefined;
  private file: number | undefined;
  private fileSize = 0;
  private day = '';
  private count = 0;
  private troubled = false;

  /** @throws MlpError where the folder cannot be written */
  constructor(options: RequestLogOptions) {
    const { store, environment, deployment } = options;
    this.folder = path.join(store, 'requests', folderName(environment), folderName(deployment));
    this.share = options.share;
    this.rotateBytes = options.rotateBytes ?? 64 * 1024 * 1024;
    this.onTrouble = options.onTrouble ?? (() => {});
    this.now = options.now ?? (() => new Date());
    try {
      mkdirSync(this.folder, { recursive: true });
      accessSync(this.folder, constants.W_OK);
    } catch (cause) {
      throw fault(serveMessages.unloggable, { reason: reasonOf(cause) }, { cause });
    }
  }

  /** Whether the prediction of this id is among the share; the last digits of a UUID are random. */
  takes(id: string): boolean {
    return this.share >= 1 || Number.parseInt(id.slice(-12), 16) < this.share * 2 ** 48;
  }

  add(entry: LoggedPrediction): void {
    const line = `${JSON.stringify(entry)}\n`;
    if (this.size + line.length > mostBytes) {
      this.lost++;
      return;
    }
    this.lines.push(line);
    this.size += line.length;
    if (this.size >= flushBytes && !this.troubled) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), flushMs).unref();
  }

  /** Writes what is waiting. Appending a few kilobytes takes some microseconds, so it is done at once. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.lines.length === 0) return;
    try {
      this.rotate();
      this.append(Buffer.from(this.lines.join('')));
      this.written += this.lines.length;
      this.lines = [];
      this.size = 0;
      if (this.troubled) this.onTrouble(null);
      this.troubled = false;
    } catch (error) {
      if (!this.troubled) this.onTrouble(reasonOf(error));
      this.troubled = true;
      this.timer = setTimeout(() => this.flush(), 4 * flushMs).unref();
    }
  }

  close(): void {
    this.flush();
    clearTimeout(this.timer);
    this.lost += this.lines.length;
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private append(bytes: Buffer): void {
    const file = this.file!;
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(file, bytes, done);
      this.fileSize += bytes.length;
    } catch (error) {
      // What of it was written is a part of a line at its end.
      ftruncateSync(file, this.fileSize);
      throw error;
    }
  }

  /** Begins a new file where there is none, it is full, it is of another day, or somebody has removed it. */
  private rotate(): void {
    const today = this.now().toISOString().slice(0, 10);
    const { file } = this;
    if (file !== undefined) {
      const goesOn = this.fileSize < this.rotateBytes && this.day === today && fstatSync(file).nlink > 0;
      if (goesOn) return;
      this.file = undefined;
      closeSync(file);
    }
    this.open();
  }

  private open(): void {
    const now = this.now().toISOString();
    this.day = now.slice(0, 10);
    const name = `${now.replace(/[-:.]/g, '')}-${process.pid}-${++this.count}.jsonl`;
    mkdirSync(this.folder, { recursive: true });
    this.file = openSync(path.join(this.folder, name), 'ax', 0o640);
    this.fileSize = 0;
  }
}

/** A name of the spec may hold anything; a folder's may not. */
const folderName = (name: string): string => encodeURIComponent(name).replace(/\./g, '%2E');

const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
};
