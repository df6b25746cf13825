import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

const meant = (suggestion: string | undefined): string | undefined =>
  suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`;

/** The first of many. */
const some = (names: readonly string[]): string =>
  names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ');

/** Messages about names, scopes and imports: codes MLP2001 to MLP2999. */
export const namesMessages = {
  unknownName: defineMessage<{ name: string; what: string; suggestion?: string | undefined }>({
    code: 'MLP2001',
    severity: 'error',
    title: 'unknown name',
    message: ({ name, what }) => `there is no ${what} \`${name}\` here`,
    hint: ({ suggestion }) => meant(suggestion),
    explanation: {
      text: 'A name must be declared in the file, imported, or part of the prelude. In `features` a plain name is a column of the source or, if there is none, a feature defined above.',
      wrong: example({ view: 'many = pagse > 10' }),
      right: example({ view: 'many = pages > 10' }),
    },
  }),
  notImported: defineMessage<{ name: string; what: string; module: string }>({
    code: 'MLP2002',
    severity: 'error',
    title: 'name that is not imported',
    message: ({ name, module }) => `\`${name}\` is declared in ${module}, but not imported`,
    hint: ({ name, module }) => `import it: import ${module} { ${name} }`,
    explanation: {
      text: 'What the standard library or another file declares is visible only where it is imported, so that a reader sees where each name comes from. Only the prelude needs no import.',
      wrong: 'schema Visit { pages: int }\n\nsource visits: Visit = csv("data/visits.csv")\n',
      right:
        'import std.sources { csv }\n\nschema Visit { pages: int }\n\nsource visits: Visit = csv("data/visits.csv")\n',
    },
  }),
  duplicateDeclaration: defineMessage<{ name: string }>({
    code: 'MLP2003',
    severity: 'error',
    title: 'name declared twice',
    message: ({ name }) => `\`${name}\` is declared a second time`,
    hint: () => 'rename one of them',
    explanation: {
      text: 'Every declaration has a name of its own; so have all declarations of a project that make steps, tables or models, since runs, reports and the store know them by their names. Functions have a name space apart from values.',
      wrong: example({ more: 'enum Plan { monthly, yearly }' }),
      right: example({ more: 'enum Period { monthly, yearly }' }),
    },
  }),
  unknownModule: defineMessage<{ path: string; suggestion?: string | undefined; reason?: string }>({
    code: 'MLP2004',
    severity: 'error',
    title: 'file or module that does not exist',
    message: ({ path, reason }) => reason ?? `there is no module ${path}`,
    hint: ({ suggestion }) => meant(suggestion),
    explanation: {
      text: 'An import names a module of the standard library (`std.sources`), a file by its path relative to this one (`"./schemas.mlp"`), or a package that is installed (`"@acme/features/customers"`).',
      wrong: example({ imports: 'import std.metric { auc }' }),
      right: example({ imports: 'import std.metrics { auc }' }),
    },
  }),
  notExported: defineMessage<{
    name: string;
    module: string;
    suggestion?: string | undefined;
    /** Another module that declares it. */
    other?: string;
  }>({
    code: 'MLP2005',
    severity: 'error',
    title: 'imported name that the module does not declare',
    message: ({ name, module }) => `${module} declares no \`${name}\``,
    hint: ({ name, suggestion, other }) =>
      other === undefined
        ? meant(suggestion)
        : `it is declared in ${other}: import it from there, \`import ${other} { ${name} }\``,
    explanation: {
      text: 'Only what the module itself declares can be imported from it, not what it imports.',
      wrong: example({ imports: 'import std.metrics { aoc }' }),
      right: example({ imports: 'import std.metrics { auc }' }),
    },
  }),
  privateName: defineMessage<{ name: string; module: string }>({
    code: 'MLP2006',
    severity: 'error',
    title: 'private name of another file',
    message: ({ name, module }) => `\`${name}\` is private to ${module}: its name begins with \`_\``,
    hint: () => 'rename it where it is declared if others are to use it',
    explanation: {
      text: 'Names that begin with `_` can be changed without looking further than their file, because no other file can use them.',
      wrong: example({ imports: 'import std.metrics { _pairs }' }),
      right: example({ imports: 'import std.metrics { auc }' }),
    },
  }),
  cyclicImport: defineMessage<{ path: readonly string[] }>({
    code: 'MLP2007',
    severity: 'error',
    title: 'imports in a circle',
    message: ({ path }) => `these files import each other in a circle: ${path.join(' → ')}`,
    hint: () => 'move what both need into a third file',
    explanation: {
      text: 'Files that import each other cannot be read or changed one without the other; then they are one file in two pieces.',
      wrong: 'import "./main.mlp" { Visit }\n\nschema Visit { pages: int }\n',
      right: 'schema Visit { pages: int }\n',
    },
  }),
  unusedImport: defineMessage<{ name: string }>({
    code: 'MLP2008',
    severity: 'warning',
    title: 'unused import',
    message: ({ name }) => `\`${name}\` is imported and never used`,
    hint: () => 'remove it',
    explanation: {
      text: 'An import that nothing uses tells the reader of a dependency that is not there.',
      wrong: example({ imports: 'import std.metrics { auc }' }),
      right: example(),
    },
  }),
  shadows: defineMessage<{ name: string; module: string }>({
    code: 'MLP2009',
    severity: 'warning',
    title: 'name that hides one of the prelude',
    message: ({ name, module }) => `\`${name}\` hides the one of ${module} in this file`,
    hint: () => 'give it another name, so that nobody takes one for the other',
    explanation: {
      text: 'Every file sees the prelude. A declaration of the same name hides it, and the same word then means different things in two files.',
      wrong: example({ more: 'function lower(text: string) -> string = trim(text)' }),
      right: example({ more: 'function trimmed(text: string) -> string = trim(text)' }),
    },
  }),
  wrongKind: defineMessage<{ name: string; found: string; expected: string }>({
    code: 'MLP2010',
    severity: 'error',
    title: 'name of another kind of declaration',
    message: ({ name, found, expected }) => `\`${name}\` is ${found}, and ${expected} is needed here`,
    explanation: {
      text: 'Each place takes one kind of declaration: `serve` a model, `score … into` a source and a sink, `monitor … on` a deployment.',
      wrong: example({ model: MODEL, more: 'deployment shop_api {\n  serve Interest\n}' }),
      right: example({ model: MODEL, more: 'deployment shop_api {\n  serve buyers\n}' }),
    },
  }),
  unknownColumn: defineMessage<{
    column: string;
    of: string;
    suggestion?: string | undefined;
    known?: readonly string[];
  }>({
    code: 'MLP2011',
    severity: 'error',
    title: 'unknown column',
    message: ({ column, of }) => `${of} has no column \`${column}\``,
    hint: ({ suggestion, known }) =>
      meant(suggestion) ?? (known && known.length > 0 ? `its columns are ${some(known)}` : undefined),
    explanation: {
      text: 'Columns are those of the schema of the source, or the features of the view, that is read.',
      wrong: example({ view: 'use sight' }),
      right: example({ view: 'use site' }),
    },
  }),
  unknownMember: defineMessage<{
    member: string;
    of: string;
    members: readonly string[];
    suggestion?: string | undefined;
  }>({
    code: 'MLP2012',
    severity: 'error',
    title: 'unknown member of an enum',
    message: ({ member, of }) => `${of} has no member \`${member}\``,
    hint: ({ suggestion, members }) => meant(suggestion) ?? `its members are ${members.join(', ')}`,
    explanation: {
      text: 'A value that is compared with an enum must be one of its members, written `Plan.team`, or `team` and `"team"` where the enum is known. A comparison with anything else would never hold.',
      wrong: example({ view: 'paying = plan != "fre"' }),
      right: example({ view: 'paying = plan != "free"' }),
    },
  }),
  duplicateItem: defineMessage<{ name: string; what: string }>({
    code: 'MLP2013',
    severity: 'error',
    title: 'the same name twice in one declaration',
    message: ({ name, what }) => `there are two ${what} \`${name}\``,
    hint: () => 'rename or remove one of them',
    explanation: {
      text: 'Columns of a schema, features of a view, members of an enum and parameters are told apart by their names.',
      wrong: example({ view: 'use site\n  many = pages > 10\n  many = pages > 20' }),
      right: example({ view: 'use site\n  many = pages > 10\n  very_many = pages > 20' }),
    },
  }),
  takesColumnName: defineMessage<{ name: string; source: string }>({
    code: 'MLP2014',
    severity: 'error',
    title: 'a feature that takes the name of a column',
    message: ({ name, source }) =>
      `\`${name}\` is a column of ${source}, so a feature of this name must be that column`,
    hint: ({ name }) => `rename the feature, or take the column over with \`use ${name}\``,
    explanation: {
      text: 'In `features` a plain name is a column of the source first. If a feature had the name of a column and another value, every later line that reads the name would read the column, not the feature.',
      wrong: example({ view: 'pages = pages * 2' }),
      right: example({ view: 'twice = pages * 2' }),
    },
  }),
  definedBelow: defineMessage<{ name: string }>({
    code: 'MLP2015',
    severity: 'error',
    title: 'a feature read before it is defined',
    message: ({ name }) => `the feature \`${name}\` is defined further down`,
    hint: ({ name }) => `move \`${name}\` above the feature that reads it`,
    explanation: {
      text: 'Features read columns and the features above them, so that no two can wait for each other.',
      wrong: example({ view: 'busy = many and pages > 20\n  many = pages > 10' }),
      right: example({ view: 'many = pages > 10\n  busy = many and pages > 20' }),
    },
  }),
  functionAsValue: defineMessage<{ name: string; what: string }>({
    code: 'MLP2016',
    severity: 'error',
    title: 'a function without its arguments',
    message: ({ name, what }) => `\`${name}\` is ${what}, not a value`,
    hint: ({ name }) => `call it: ${name}(…)`,
    explanation: {
      text: 'Functions and values have separate name spaces: `hour` is a column or a feature, `hour(day)` calls the function.',
      wrong: example({ view: 'at_night = hour < 6' }),
      right: example({ view: 'at_night = hour(day) < 6' }),
    },
  }),
  circular: defineMessage<{ what: string; path: readonly string[] }>({
    code: 'MLP2017',
    severity: 'error',
    title: 'a definition that needs itself',
    message: ({ what, path }) =>
      path.length > 2 ? `${what} in a circle: ${path.join(' → ')}` : `\`${path[0]}\` ${what} itself`,
    hint: ({ path }) =>
      path.length > 2 ? 'let one of them do without the next' : 'write it without its own name',
    explanation: {
      text: 'Functions do not recurse, and schemas, constants, views and environments are not made from themselves: everything can be worked out in a fixed number of steps.',
      wrong: example({ more: 'function twice(x: int) -> int = if x > 0 then twice(x - 1) + 2 else 0' }),
      right: example({ more: 'function twice(x: int) -> int = 2 * x' }),
    },
  }),
  specialNotHere: defineMessage<{ name: string; where: string }>({
    code: 'MLP2018',
    severity: 'error',
    title: 'a name that means nothing here',
    message: ({ name, where }) => `\`${name}\` has a meaning only in ${where}`,
    hint: () => 'use it there, or write a value in its place',
    explanation: {
      text: '`champion` and `baseline` are models whose metrics a gate compares; `previous` is the last accepted state of a source, which drift measures take.',
      wrong: example({ view: 'better = champion.auc > 0.5' }),
      right: example({ view: 'many = pages > 10' }),
    },
  }),
  valueAsFunction: defineMessage<{ name: string; what: string }>({
    code: 'MLP2019',
    severity: 'error',
    title: 'a value that is called',
    message: ({ name, what }) => `\`${name}\` is ${what} and cannot be called`,
    hint: ({ name }) => `write \`${name}\` without brackets`,
    explanation: {
      text: 'Only functions, aggregates and what the library constructs are called with arguments.',
      wrong: example({ view: 'many = pages() > 10' }),
      right: example({ view: 'many = pages > 10' }),
    },
  }),
  reservedName: defineMessage<{ name: string; why: string }>({
    code: 'MLP2020',
    severity: 'error',
    title: 'a name that the language keeps',
    message: ({ name, why }) => `nothing can be called \`${name}\`: ${why}`,
    hint: () => 'choose another name',
    explanation: {
      text: 'Names of built-in types always mean these types, and names that begin with two underscores are columns that runs add to their tables.',
      wrong: example({ more: 'enum float { low, high }' }),
      right: example({ more: 'enum Level { low, high }' }),
    },
  }),
  deprecated: defineMessage<{ name: string; instead: string }>({
    code: 'MLP2021',
    severity: 'warning',
    title: 'use of something deprecated',
    message: ({ name, instead }) => `\`${name}\` is deprecated: ${instead}`,
    explanation: {
      text: 'Its author marked it with `@deprecated` and says what to use instead.',
      wrong: example({ columns: 'origin: string @deprecated("use site")', view: 'use origin' }),
      right: example({ columns: 'origin: string @deprecated("use site")', view: 'use site' }),
    },
  }),
  chainTooLong: defineMessage<{ name: string }>({
    code: 'MLP2022',
    severity: 'error',
    title: 'declarations that build on one another without end',
    message: ({ name }) =>
      `\`${name}\` is part of a chain of declarations, each needing the next, that is too long to follow; checking ended here`,
    hint: () => 'put several links of the chain into one declaration',
    explanation: {
      text: 'A declaration that needs another one, which needs a third, is followed to its end. A chain of some hundred links is generated, or a mistake, and nobody can follow it.',
      wrong: `${Array.from({ length: 300 }, (_, i) => `let a${i} = a${i + 1}`).join(' ')} let a300 = 1`,
      right: 'let a0 = a1 let a1 = a2 let a2 = 1',
    },
  }),
} as const;
