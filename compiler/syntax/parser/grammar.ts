import type { IToken, TokenType } from 'chevrotain';
import type { BlockKind } from '../keywords.ts';
import { Comma, LCurly, RCurly } from '../tokens.ts';
import type { ParserBase } from './base.ts';
import type { DataRules } from './data.ts';
import type { DeploymentRules } from './deployment.ts';
import type { EnvironmentRules } from './environment.ts';
import type { ExampleRules } from './examples.ts';
import type { ExpressionRules } from './expressions.ts';
import type { FeatureRules } from './features.ts';
import type { LibraryRules } from './library.ts';
import type { ModelRules } from './model.ts';
import type { ModuleRules } from './module.ts';
import type { MonitorRules } from './monitor.ts';
import type { PipelineRules } from './pipeline.ts';
import type { RuleRules } from './rules.ts';
import type { TypeRules } from './types.ts';

/** A grammar rule: taken by `SUBRULE`, called directly only by the entry. */
export type Rule<T> = ((...args: never[]) => T) & { readonly ruleName: string };

type Digit = '' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
interface Guarded<T> {
  readonly GATE?: () => boolean;
  readonly DEF: () => T;
}
export interface Alternative<T> {
  readonly IGNORE_AMBIGUITIES?: boolean;
  readonly GATE?: () => boolean;
  readonly ALT: () => T;
}
/** What was expected, for the message. */
interface Expected {
  readonly ERR_MSG: string;
}

/** Chevrotain's methods, public, so that the grammar can be written over several files. */
type Dsl = {
  [K in `CONSUME${Digit}`]: (type: TokenType, expected?: Expected) => IToken;
} & {
  [K in `SUBRULE${Digit}`]: <T>(rule: Rule<T>) => T;
} & {
  [K in `OPTION${Digit}`]: <T>(body: (() => T) | Guarded<T>) => T | undefined;
} & {
  [K in `MANY${Digit}`]: (body: (() => void) | Guarded<void>) => void;
} & {
  [K in `OR${Digit}`]: <T>(
    alternatives:
      | readonly Alternative<T>[]
      | { readonly DEF: readonly Alternative<T>[]; readonly ERR_MSG: string },
  ) => T;
} & {
  RULE<T>(name: string, body: () => T): Rule<T>;
  RECORDING_PHASE: boolean;
};

export type Rules = ExpressionRules &
  TypeRules &
  RuleRules &
  LibraryRules &
  DataRules &
  FeatureRules &
  ModelRules &
  DeploymentRules &
  MonitorRules &
  PipelineRules &
  EnvironmentRules &
  ExampleRules &
  ModuleRules;

/** The parser as the files of the grammar see it. */
export type Grammar = Omit<ParserBase, keyof Dsl> & Dsl & Rules;

/**
 * `{ item [,] item … }`. At most once in a rule, since it uses the index 9 of every method.
 * `item` must take at least one token when it is entered.
 */
export function braces<T>(p: Grammar, kind: BlockKind, item: () => T | undefined): T[] {
  const items: T[] = [];
  const open = p.CONSUME9(LCurly);
  const outer = p.recovery?.openBlock(open);
  const around = p.block;
  p.block = kind;
  do {
    p.MANY9(() => {
      const mark = p.enterItem();
      const made = item();
      if (made !== undefined) items.push(made);
      p.leaveItem(mark);
      if (p.may(Comma)) p.OPTION9(() => p.CONSUME9(Comma));
    });
  } while (p.recovery?.resync(kind, open));
  p.block = around;
  if (p.recovery?.closeBlock(open, outer!) !== true) p.CONSUME9(RCurly);
  return items;
}

/**
 * `item, item …` outside of braces: the comma is needed, since only it tells that the list goes on. At most once in a
 * rule (index 8). In recovery a comma at the end of a line is reported by the item that is missing behind it.
 */
export function listed<T>(p: Grammar, item: () => T, next: () => T): T[] {
  const items: T[] = [item()];
  p.MANY8({
    GATE: () => p.listGoesOn(),
    DEF: () => {
      p.CONSUME8(Comma);
      items.push(next());
    },
  });
  return items;
}

/** What a keyword that was taken says. */
export const meaning = <const T>(_keyword: IToken, value: T): T => value;
