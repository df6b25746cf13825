/** The few expressions that emitted workflows use, each parsed in full: what is not understood throws. */

export type Phase = 'Succeeded' | 'Failed' | 'Error' | 'Skipped' | 'Omitted';

/** `a.Succeeded && (b.Failed || !c)`; a bare name means it succeeded, was skipped or is a daemon. */
export function evaluateDepends(text: string, phaseOf: (task: string) => Phase): boolean {
  const tokens = text.match(/&&|\|\||[!()]|[A-Za-z0-9_-]+(?:\.[A-Za-z]+)?/g) ?? [];
  if (tokens.join('') !== text.replace(/\s+/g, '')) throw new Error(`depends cannot be read: ${text}`);
  let at = 0;
  const take = (token: string): boolean => tokens[at] === token && ++at > 0;
  const atom = (): boolean => {
    if (take('!')) return !atom();
    if (take('(')) {
      const inner = either();
      if (!take(')')) throw new Error(`depends lacks a bracket: ${text}`);
      return inner;
    }
    const [task = '', state] = (tokens[at++] ?? '').split('.');
    return hasState(phaseOf(task), state);
  };
  const both = (): boolean => {
    let value = atom();
    while (take('&&')) value = atom() && value;
    return value;
  };
  const either = (): boolean => {
    let value = both();
    while (take('||')) value = both() || value;
    return value;
  };
  const value = either();
  if (at !== tokens.length) throw new Error(`depends goes on after its end: ${text}`);
  return value;
}

function hasState(phase: Phase, state: string | undefined): boolean {
  if (state === undefined) return phase === 'Succeeded' || phase === 'Skipped';
  const known: Record<string, Phase> = {
    Succeeded: 'Succeeded',
    Failed: 'Failed',
    Errored: 'Error',
    Skipped: 'Skipped',
    Omitted: 'Omitted',
  };
  const wanted = known[state];
  if (wanted === undefined) throw new Error(`depends names an unknown state ${state}`);
  return phase === wanted;
}

/** The names that a depends expression reads. */
export const dependsOn = (text: string): string[] =>
  (text.match(/[A-Za-z0-9_-]+(?:\.[A-Za-z]+)?/g) ?? []).map(token => token.split('.')[0]!);

/** `when` after substitution: `a == b`, `a != b`. */
export function evaluateWhen(text: string): boolean {
  const match = /^\s*(\S+)\s*(==|!=)\s*(\S+)\s*$/.exec(text);
  if (!match) throw new Error(`when cannot be read: ${text}`);
  return (match[1] === match[3]) === (match[2] === '==');
}

/** `asInt(lastRetry.exitCode) not in [2, 3]`. */
export function evaluateRetry(text: string, exitCode: number): boolean {
  const match = /^asInt\(lastRetry\.exitCode\) not in \[([0-9, ]*)\]$/.exec(text);
  if (!match) throw new Error(`the retry expression cannot be read: ${text}`);
  return !match[1]!.split(',').map(Number).includes(exitCode);
}

/** Replaces `{{name}}` throughout a JSON value; a name without a value throws, as Argo refuses it. */
export function substitute<T>(value: T, values: (name: string) => string | undefined): T {
  const text = JSON.stringify(value).replace(/\{\{([^{}]*)\}\}/g, (_, name: string) => {
    const found = values(name.trim());
    if (found === undefined) throw new Error(`{{${name}}} has no value here`);
    return JSON.stringify(found).slice(1, -1);
  });
  return JSON.parse(text) as T;
}
