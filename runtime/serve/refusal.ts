import type { Message } from '../../compiler/diagnostics/define.ts';
import type { FieldFault } from './values/problem.ts';

/** Why a request is not answered, as it is told: a status of HTTP and the words of the registry. */
export class Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly faults: readonly FieldFault[] | undefined;
  /** Faults beyond those that are listed. */
  readonly omitted: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    told: { readonly code: string; readonly message: string; readonly hint?: string | undefined },
    more: {
      readonly faults?: readonly FieldFault[];
      readonly omitted?: number;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    this.status = status;
    this.code = told.code;
    this.message = told.message;
    this.hint = told.hint;
    this.faults = more.faults;
    this.omitted = more.omitted ?? 0;
    this.headers = more.headers ?? {};
  }

  toJSON(): object {
    const { code, message, hint, faults, omitted } = this;
    return {
      error: message,
      code,
      ...(hint === undefined ? {} : { hint }),
      ...(faults === undefined ? {} : { faults }),
      ...(omitted === 0 ? {} : { omitted }),
    };
  }

  /** Everything in one text, for protocols whose errors are one text. */
  toText(): string {
    const faults = (this.faults ?? []).map(
      ({ row, message, hint, spec }) =>
        `row ${row}: ${message}${spec ? ` (${spec})` : ''}${hint ? `; ${hint}` : ''}`,
    );
    const omitted = this.omitted === 0 ? [] : [`and ${this.omitted} more`];
    const hint = this.hint === undefined || faults.length > 0 ? [] : [this.hint];
    return [this.message, ...hint, ...faults, ...omitted].join('\n');
  }
}

export function refused<Args>(
  status: number,
  message: Message<Args>,
  args: Args,
  more?: ConstructorParameters<typeof Refused>[2],
): Refused {
  const { code, hint, message: text } = message.definition;
  return new Refused(status, { code, message: text(args), hint: hint?.(args) }, more);
}
