import type * as ast from '../ast/index.ts';

/** An import as other languages write it; offsets are those in its line. */
interface ForeignImport {
  readonly path: string;
  readonly pathOffset: number;
  readonly form: ast.Import['form'];
  readonly names: readonly { readonly text: string; readonly offset: number }[];
  readonly length: number;
}

const FORMS: readonly RegExp[] = [
  // Python: `from std.drift import psi, js`
  /^from\s+(?<path>[\w.]+)\s+import\s+\(?(?<names>\w+(?:\s*,\s*\w+)*)\)?$/d,
  // JavaScript: `import { psi } from "std.drift"`
  /^import\s*\{\s*(?<names>\w+(?:\s*,\s*\w+)*)\s*,?\s*\}\s*from\s*["'](?<path>[^"']+)["']$/d,
  // Java, Python: `import std.drift.psi`
  /^import\s+(?<path>std\.\w+)\.(?<names>\w+)$/d,
];

/** Undefined for what is none. */
export function readForeignImport(line: string): ForeignImport | undefined {
  for (const form of FORMS) {
    const found = form.exec(line);
    const groups = found?.indices?.groups;
    const [path, names] = [groups?.['path'], groups?.['names']];
    if (!path || !names) continue;
    const text = line.slice(...path);
    return {
      path: text,
      pathOffset: path[0],
      form: text.startsWith('std.') ? 'library' : /^\.\.?\//.test(text) ? 'file' : 'package',
      names: [...line.slice(...names).matchAll(/\w+/g)].map(match => ({
        text: match[0],
        offset: names[0] + match.index,
      })),
      length: line.length,
    };
  }
  return undefined;
}
