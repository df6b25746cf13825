import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { syntaxMessages as messages } from '../diagnostics/messages/syntax.ts';
import { SourceFile } from './text.ts';

export interface Decoded {
  readonly file: SourceFile;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a spec may have in bytes; beyond it the file is reported and read as if it were empty. */
export const LARGEST_SPEC = 4 * 2 ** 20;

/** The bytes of a spec as text. Whatever is wrong with them is a diagnostic; the text is as good as it gets. */
export function decode(path: string, bytes: Uint8Array): Decoded {
  if (bytes.length > LARGEST_SPEC) {
    const file = new SourceFile(path, '');
    const facts = { bytes: bytes.length, limit: LARGEST_SPEC };
    return { file, diagnostics: [messages.fileTooLarge(facts, { file, span: { start: 0, end: 0 } })] };
  }
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = mark ? bytes.subarray(3) : bytes;
  try {
    const file = new SourceFile(
      path,
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body),
    );
    return { file, diagnostics: mark ? [markFound(file)] : [] };
  } catch {
    return replacing(path, body, mark);
  }
}

function markFound(file: SourceFile): Diagnostic {
  return messages.byteOrderMark({}, { file, span: { start: 0, end: 0 } });
}

/** Not UTF-8: each wrong byte becomes a replacement character, and the first is reported. */
function replacing(path: string, body: Uint8Array, mark: boolean): Decoded {
  const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
  const file = new SourceFile(path, lossy.decode(body));
  const wrong = firstWrongByte(body);
  const start = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body.subarray(0, wrong)).length;
  const span = { start, end: Math.min(start + 1, file.text.length) };
  const diagnostic = messages.notUtf8({ byte: body[wrong] ?? 0 }, { file, span });
  return { file, diagnostics: mark ? [markFound(file), diagnostic] : [diagnostic] };
}

/** Index of the first byte that begins no well-formed sequence. */
function firstWrongByte(bytes: Uint8Array): number {
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length === 0) return i;
    i += length;
  }
  return i;
}

/** Length of the well-formed sequence at `i` by the table of the Unicode standard (3-7), or 0. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const first = bytes[i]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let k = 1; k < length; k++) {
    const byte = bytes[i + k];
    const least = k === 1 ? low : 0x80;
    const most = k === 1 ? high : 0xbf;
    if (byte === undefined || byte < least || byte > most) return 0;
  }
  return length;
}
