/** What is wrong with one value. `what` follows the name of its field: "is missing", "is 7000, above 6000". */
export class Problem {
  readonly code: ProblemCode;
  readonly what: string;
  readonly hint: string | undefined;
  constructor(code: ProblemCode, what: string, hint?: string) {
    this.code = code;
    this.what = what;
    this.hint = hint;
  }
}

/** Codes of the registry (`mlp explain CODE`). */
export type ProblemCode = (typeof problemCodes)[keyof typeof problemCodes];
export const problemCodes = {
  missing: 'MLP8710',
  unknown: 'MLP8711',
  type: 'MLP8712',
  outside: 'MLP8713',
  moment: 'MLP8714',
  noValue: 'MLP8715',
} as const;

/** One fault of one field of a request. */
export interface FieldFault {
  readonly code: ProblemCode;
  /** The row's place among those of the request, from 0. */
  readonly row: number;
  readonly field: string;
  readonly message: string;
  /** What was sent, shortened; `(personal data)` where it may not be shown. */
  readonly given: string;
  /** As the spec writes it: `int in 1..6000`. */
  readonly expected: string;
  readonly hint?: string;
  /** Where the spec says so: `flights.mlp:17:13`. */
  readonly spec?: string;
}

const LONGEST = 60;

/** A value of a request in a few words, whatever it is. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') {
    const text = JSON.stringify(value.length > LONGEST ? value.slice(0, LONGEST) : value);
    return value.length > LONGEST ? `${text}… (${value.length} characters)` : text;
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
