import type {
  CallExpr,
  ColumnRef,
  Expr,
  FeatureRef,
  FittedExpr,
  Literal,
  WindowExpr,
} from '../../plan/plan.ts';
import { type OperatorName, operatorNames } from '../../semantics/overload-key.ts';
import { microsecondsOf } from '../../sql/moments.ts';
import { javaScriptPattern } from '../../sql/pattern.ts';
import { type DurationName, durationCode, grouped } from './durations.ts';
import { stringLiteral } from './literal.ts';

/** What an expression may use of `runtime/features/functions`. */
export type RuntimeName =
  | 'functions'
  | 'lift'
  | 'and'
  | 'or'
  | 'addInt'
  | 'subtractInt'
  | 'multiplyInt'
  | 'negateInt'
  | 'addDuration'
  | 'durationBetween'
  | 'compareText'
  | 'wholeOf'
  | 'inRange'
  | 'inSet'
  | DurationName;

/** How the leaves of an expression are written in the file around it. */
export interface ExpressionNames {
  /** A column of the row (`of` is `row`), of a joined row, or of another table's row: an operand such as `row.delay`. */
  column(ref: ColumnRef): string;
  feature(ref: FeatureRef): string;
  /** Where the value of a window is found: an operand such as `windows.recent_delay`. */
  window(window: WindowExpr): string;
  /** What a function of the team's code is called here. */
  team?(fn: string): string;
  /** Where a fitted value is found: `fitted.meanDelay`. Absent where there are none. */
  fitted?(value: FittedExpr): string;
  /** Called for each name of the runtime that is used; gives the name under which the file imports it. */
  use(name: RuntimeName): string;
}

/**
 * An expression as TypeScript, in the values of `runtime/features/functions/values.ts`. Its value is that of the SQL on
 * every row. It holds no more parentheses than it needs and may need them itself beside another operator.
 */
export function printExpression(expr: Expr, names: ExpressionNames): string {
  return new Printer(names).print(expr).text;
}

/** How tightly printed TypeScript binds. `??` does not mix with `&&` and `||`. */
const Level = {
  arrow: 0,
  choice: 1,
  or: 2,
  and: 3,
  coalesce: 4,
  equal: 5,
  compare: 6,
  add: 7,
  multiply: 8,
  unary: 9,
  atom: 10,
} as const;
type Level = (typeof Level)[keyof typeof Level];
interface Printed {
  readonly text: string;
  readonly level: Level;
}

const operators: ReadonlySet<string> = new Set(operatorNames);
const atom = (text: string): Printed => ({ text, level: Level.atom });
const at = (printed: Printed, level: Level): string =>
  printed.level >= level ? printed.text : `(${printed.text})`;
const infix = (a: Printed, sign: string, b: Printed, level: Level): Printed => ({
  text: `${at(a, level)} ${sign} ${at(b, (level + 1) as Level)}`,
  level,
});

/** Whether a function of the team is given a null, and not left out for it. */
const takesNull = ({ team }: CallExpr, i: number): boolean => team?.parameters[i]?.type.optional === true;

class Printer {
  readonly #names: ExpressionNames;

  constructor(names: ExpressionNames) {
    this.#names = names;
  }

  print(expr: Expr): Printed {
    switch (expr.op) {
      case 'literal':
        return literal(expr, name => this.#names.use(name));
      case 'column':
        return atom(this.#names.column(expr));
      case 'feature':
        return atom(this.#names.feature(expr));
      case 'window':
        return atom(this.#names.window(expr));
      case 'call':
        return this.#call(expr);
      default:
        if (expr.op === 'fitted' && this.#names.fitted) return atom(this.#names.fitted(expr));
        throw new Error(`a ${expr.op} has no place in a row's expression`);
    }
  }

  #call(expr: CallExpr): Printed {
    const operator = operators.has(expr.fn) ? (expr.fn as OperatorName) : undefined;
    switch (operator) {
      case 'and':
      case 'or':
        return this.#junction(operator, expr);
      case 'coalesce':
        return expr.args.map(arg => this.print(arg)).reduce((a, b) => infix(a, '??', b, Level.coalesce));
      case 'if': {
        const [condition, then, otherwise] = expr.args.map(arg => this.print(arg));
        const text = `${at(condition!, Level.or)} ? ${at(then!, Level.choice)} : ${at(otherwise!, Level.choice)}`;
        return { text, level: Level.choice };
      }
      case 'list':
        return atom(`[${expr.args.map(arg => this.print(arg).text).join(', ')}]`);
      case 'is_null':
        return infix(this.print(expr.args[0]!), '===', atom('null'), Level.equal);
      default:
        return this.#strict(expr, operator);
    }
  }

  #junction(operator: 'and' | 'or', expr: CallExpr): Printed {
    const [a, b] = expr.args.map(arg => this.print(arg));
    if (expr.args.some(arg => arg.type.optional)) {
      return atom(`${this.#names.use(operator)}(${a!.text}, ${b!.text})`);
    }
    const level = Level[operator];
    const operand = (x: Printed): string => at(x, x.level === Level.coalesce ? Level.atom : level);
    return { text: `${operand(a!)} ${operator === 'and' ? '&&' : '||'} ${operand(b!)}`, level };
  }

  /** What is strict is written for values; where some may be null, as a function that `lift` applies to those. */
  #strict(expr: CallExpr, operator: OperatorName | undefined): Printed {
    if (expr.args.some((arg, i) => arg.op === 'literal' && arg.value === null && !takesNull(expr, i)))
      return atom('null');
    const lifted: Expr[] = [];
    const body = this.#ofValues(expr, operator, lifted);
    if (lifted.length === 0) return body;
    const names = lifted.map((_, i) => parameter(i));
    const head = names.length === 1 ? names[0] : `(${names.join(', ')})`;
    const values = lifted.map(arg => this.print(arg).text).join(', ');
    return atom(`${this.#names.use('lift')}(${head} => ${body.text}, ${values})`);
  }

  /** A strict call, of parameters in the place of what may be null, which is put among `lifted`. */
  #ofValues(expr: CallExpr, operator: OperatorName | undefined, lifted: Expr[]): Printed {
    const args = expr.args.map((arg, i) => {
      if (!arg.type.optional || takesNull(expr, i)) return this.print(arg);
      // What a whole-number operator makes of values is no null, so it is within the same function.
      if (arg.op === 'call' && isWholeOperator(arg))
        return this.#ofValues(arg, arg.fn as OperatorName, lifted);
      lifted.push(arg);
      return atom(parameter(lifted.length - 1));
    });
    return operator === undefined ? this.#function(expr, args) : this.#operator(operator, expr.args, args);
  }

  #function({ fn, team }: CallExpr, args: readonly Printed[]): Printed {
    const called = team === undefined ? `${this.#names.use('functions')}.${fn}` : this.#names.team!(fn);
    return atom(`${called}(${args.map(arg => arg.text).join(', ')})`);
  }

  #helper(name: RuntimeName, ...args: readonly (Printed | undefined)[]): Printed {
    return atom(`${this.#names.use(name)}(${args.map(arg => arg!.text).join(', ')})`);
  }

  #operator(operator: OperatorName, exprs: readonly Expr[], args: readonly Printed[]): Printed {
    const [a, b] = args;
    switch (operator) {
      case 'add':
      case 'sub':
      case 'mul':
      case 'div':
        return this.#arithmetic(operator, exprs, args);
      case 'neg':
        if (exprs[0]!.type.kind === 'int') return this.#helper('negateInt', a);
        if (isWhole(exprs[0]!.type.kind)) return infix(atom('0'), '-', a!, Level.add);
        return { text: `-${at(a!, Level.atom)}`, level: Level.unary };
      case 'not':
        return { text: `!${at(a!, Level.unary)}`, level: Level.unary };
      case 'in_range':
        return this.#helper('inRange', ...args);
      case 'in_set':
        return this.#helper('inSet', ...args);
      case 'matching':
        return atom(`/^(?:${javaScriptPattern(patternOf(exprs[1]!))})$/u.test(${a!.text})`);
      case 'eq':
      case 'ne':
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
        return this.#compare(operator, exprs[0]!, a!, b!);
      default:
        throw new Error(`${operator} is not strict`);
    }
  }

  #compare(operator: Comparison, of: Expr, a: Printed, b: Printed): Printed {
    const level = operator === 'eq' || operator === 'ne' ? Level.equal : Level.compare;
    if (of.type.kind === 'string' && level === Level.compare) {
      return infix(this.#helper('compareText', a, b), SIGNS[operator], atom('0'), level);
    }
    return infix(a, SIGNS[operator], b, level);
  }

  #arithmetic(
    operator: 'add' | 'sub' | 'mul' | 'div',
    exprs: readonly Expr[],
    args: readonly Printed[],
  ): Printed {
    const [a, b] = args;
    const [x, y] = exprs.map(expr => expr.type.kind);
    const times = operator === 'mul' || operator === 'div';
    if (x === 'int' && y === 'int' && operator !== 'div') return this.#helper(INT_HELPERS[operator], a, b);
    if (operator === 'add' && x === 'duration' && isTime(y)) return this.#shift(b!, y!, a!);
    if (isTime(x) && y === 'duration') {
      return this.#shift(
        a!,
        x!,
        operator === 'add' ? b! : { text: `-${at(b!, Level.atom)}`, level: Level.unary },
      );
    }
    if (x === 'date' && y === 'date')
      return infix(infix(a!, '-', b!, Level.add), '*', atom('86_400_000'), Level.multiply);
    if (isTime(x) && isTime(y)) return this.#helper('durationBetween', a, b);
    const numbers = [a!, b!].map((arg, i) =>
      exprs[i]!.type.kind === 'int' ? atom(`Number(${arg.text})`) : arg,
    );
    if (times && (isWhole(x) || isWhole(y)) && !(operator === 'div' && x === y)) {
      const product = infix(numbers[0]!, operator === 'mul' ? '*' : '/', numbers[1]!, Level.multiply);
      return this.#helper(
        'wholeOf',
        x === 'int' || y === 'int' ? product : atom(`Math.trunc(${product.text})`),
      );
    }
    const sign = { add: '+', sub: '-', mul: '*', div: '/' }[operator];
    const result = infix(numbers[0]!, sign, numbers[1]!, times ? Level.multiply : Level.add);
    return !times && isWhole(x) ? this.#helper('wholeOf', result) : result;
  }

  /** A day moved by a duration is a wall-clock time. */
  #shift(moment: Printed, kind: string, length: Printed): Printed {
    const start = kind === 'date' ? infix(moment, '*', atom('86_400_000_000'), Level.multiply) : moment;
    return this.#helper('addDuration', start, length);
  }
}

type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
const SIGNS: Readonly<Record<Comparison, string>> = {
  eq: '===',
  ne: '!==',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};
const INT_HELPERS = { add: 'addInt', sub: 'subtractInt', mul: 'multiplyInt' } as const;
const parameter = (i: number): string => ['x', 'y', 'z', 'w'][i] ?? `x${i}`;
const isWholeOperator = ({ fn, type, args }: CallExpr): boolean =>
  /^(add|sub|mul|neg)$/.test(fn) &&
  type.kind === 'int' &&
  !args.some(arg => arg.op === 'literal' && arg.value === null);
const isTime = (kind: string | undefined): boolean =>
  kind === 'datetime' || kind === 'timestamp' || kind === 'date';
/** Held as whole numbers of a unit. */
const isWhole = (kind: string | undefined): boolean => kind === 'duration' || kind === 'size';

function patternOf(expr: Expr): string {
  if (expr.op !== 'literal' || typeof expr.value !== 'string') throw new Error('a pattern is a literal');
  return expr.value;
}

function literal({ value, type }: Literal, use: (name: DurationName) => string): Printed {
  if (value === null || typeof value === 'boolean') return atom(String(value));
  switch (type.kind) {
    case 'int':
      return signed(Number.isSafeInteger(Number(value)) ? grouped(Number(value)) : `${value}n`);
    case 'duration': {
      const text = durationCode(Number(value), use);
      return text.includes('*') ? { text, level: Level.multiply } : signed(text);
    }
    case 'float':
    case 'size':
    case 'rate':
      return number(Number(value));
    case 'date':
      return signed(`${microsecondsOf(String(value)) / 86_400_000_000} /* ${String(value)} */`);
    case 'datetime':
    case 'timestamp':
      return signed(`${microsecondsOf(String(value))} /* ${String(value)} */`);
    default:
      return atom(stringLiteral(String(value)));
  }
}

const signed = (text: string): Printed => ({ text, level: text.startsWith('-') ? Level.unary : Level.atom });

function number(value: number): Printed {
  if (Number.isNaN(value)) return atom('Number.NaN');
  if (!Number.isFinite(value))
    return atom(value > 0 ? 'Number.POSITIVE_INFINITY' : 'Number.NEGATIVE_INFINITY');
  return signed(Object.is(value, -0) ? '-0' : grouped(value));
}
