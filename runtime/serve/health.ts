import type { OnlineFeatures, TableFreshness } from '../features/online/contract.ts';
import { within } from './within.ts';

/** What is so now: asked of the store itself, not remembered from the start. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not, in words; empty where it is ready. */
  readonly reasons: readonly string[];
  readonly tables: readonly TableFreshness[];
}

/**
 * What a store says of its trouble, as a caller may see it: where the store lies, and who asks it, is nobody's business.
 */
export const troubleOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(
    /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi,
    '(its address)',
  );

/** Looks at the store more often than this give the last answer. */
const freshMs = 250;

/** Whether the service can answer: the store must be reachable, and its state fresh enough where the spec says so. */
export class Health {
  /** Set while the service ends; it then is not ready. */
  stopping = false;
  /** What does not keep it from answering: a champion that could not be taken up, a log that cannot be written. */
  readonly troubles = new Map<'champion' | 'log', string>();
  private readonly features: OnlineFeatures;
  private readonly storeMs: number;
  private readonly now: () => number;
  private looked = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> | undefined;
  private trouble: string | null = null;
  private tables: readonly TableFreshness[] = [];

  constructor(features: OnlineFeatures, storeMs: number, now = () => Date.now()) {
    this.features = features;
    this.storeMs = storeMs;
    this.now = now;
  }

  /** What a request has met: null: an answer, else the trouble. */
  sawStore(trouble: string | null): void {
    this.trouble = trouble;
    if (trouble !== null) this.looked = Number.NEGATIVE_INFINITY;
  }

  get notes(): readonly string[] {
    return [...this.troubles.values()];
  }

  async readiness(): Promise<Readiness> {
    if (this.now() - this.looked > freshMs) {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined;
      });
      await this.looking;
    }
    const reasons = [
      ...(this.stopping ? ['the service is stopping'] : []),
      ...(this.trouble === null ? [] : [`the online feature store does not answer: ${this.trouble}`]),
      ...(this.trouble === null ? this.tables.flatMap(({ refused }) => refused ?? []) : []),
    ];
    return { ready: reasons.length === 0, reasons, tables: this.tables };
  }

  private async look(): Promise<void> {
    try {
      this.tables = await within(this.storeMs, this.features.freshness(this.now() * 1000));
      this.trouble = null;
    } catch (error) {
      this.trouble = troubleOf(error);
    }
    this.looked = this.now();
  }
}
