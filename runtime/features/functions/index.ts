import type { ScalarFunctions } from './generated/signatures.ts';
import { numberFunctions } from './numbers.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './times.ts';

export { aggregates } from './aggregates.ts';
export { ExactSum } from './exact-sum.ts';
export type * from './generated/signatures.ts';
export { type DeclaredFunction, type TeamDeclaration, teamFunction } from './team.ts';
export * from './values.ts';

/** The library functions by key. One that is declared and missing here, or whose types differ, does not compile. */
export const functions: ScalarFunctions = { ...numberFunctions, ...textFunctions, ...timeFunctions };
