import { defineMessage } from '../define.ts';

/** Messages about what stands beside a declaration or column: documentation and annotations. */
export const besideMessages = {
  strayDoc: defineMessage<Readonly<Record<string, never>>>({
    code: 'MLP1129',
    severity: 'warning',
    title: 'Documentation of nothing',
    message: () => 'this `///` documents nothing',
    hint: () =>
      'write `//` for a remark, or move it right before a declaration, a column, a feature or a member',
    explanation: {
      text: 'A comment of three slashes documents the declaration, column, feature or member of an enum that follows: it is shown in the editor, in the generated code and in model cards. Anywhere else nobody would see it.',
      wrong: 'schema S {\n  a: int\n  /// Nothing follows.\n}',
      right: 'schema S {\n  /// What follows.\n  a: int\n}',
    },
  }),
  astrayAnnotation: defineMessage<{ annotation: string; next: string; item: boolean }>({
    code: 'MLP1130',
    severity: 'error',
    title: 'An annotation that looks as if it belonged to what follows',
    message: ({ annotation, next }) =>
      `\`@${annotation}\` goes with the type before it, but its line looks as if it went with \`${next}\``,
    hint: ({ next, item }) =>
      item
        ? `write annotations behind the type that they are about, as in \`${next}: int @key\`, or put a comma before this line`
        : 'give the parameter before it a default, or put another declaration between them',
    explanation: {
      text: 'White space means nothing in a spec, so an annotation behind a type goes with that type, wherever its line is. In the place of a decorator it would silently mark the wrong column: as personal, as the key, as known later. Behind the type of its own column, on the same line or indented below it, there is no doubt.',
      wrong: 'schema S {\n  a: int\n  @key\n  b: int\n}',
      right: 'schema S {\n  a: int\n  b: int @key\n}',
    },
  }),
} as const;
