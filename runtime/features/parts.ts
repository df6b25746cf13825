export const partNames = ['train', 'validation', 'test'] as const;
export type PartName = (typeof partNames)[number];

export interface PartReport {
  readonly rows: number;
  /** Rows taken out because their label became known after the part's end. */
  readonly purged: number;
  /** Rows before thinning by `sample`; absent without it. */
  readonly sampledFrom?: number;
  /** First and last moment of prediction, ISO; null without time. */
  readonly from: string | null;
  readonly to: string | null;
}

/** `split.json`, beside the parts. A part that the model does not declare has an empty file and no entry. */
export interface SplitReport {
  readonly version: 'split/1';
  readonly model: string;
  readonly by: 'time' | 'group' | 'hash';
  readonly column: string | null;
  /** Where a part begins: a moment (ISO) by time, a place in [0, 1) of the row's or group's hash else. */
  readonly boundaries: Readonly<Partial<Record<PartName, string | number>>>;
  readonly rows: { readonly read: number; readonly where: number; readonly unlabelled: number };
  readonly parts: Readonly<Partial<Record<PartName, PartReport>>>;
  /** For text labels: the label's values in the training part, sorted. */
  readonly classes: readonly string[] | null;
}
