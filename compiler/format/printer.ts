import {
  BLANK,
  concat,
  type Doc,
  type Fill,
  fill,
  type Group,
  HARD,
  indent,
  isHard,
  LINE,
  type Packed,
  type Text,
} from './doc.ts';

/** Columns of a line, about as wide as reviewers' windows; comments and long texts may go beyond. */
export const WIDTH = 112;
const STEP = 2;

/** Where each element of the source was printed. */
export interface Places {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * Lays documents out: Oppen's and Wadler's way of one look ahead, up to the next place where the line may end. One
 * printer prints a whole file, document after document.
 */
export class Printer {
  text = '';
  private column = 0;
  /** Indentation of a line on which nothing stands yet, or -1. */
  private lineIndent = 0;
  private spaces = 0;
  /** A comment ended the line: what comes next goes to a new one. */
  private ended = false;
  private readonly places: Places;

  // What is still to be printed: three stacks in step.
  private readonly docs: Doc[] = [];
  private readonly indents: number[] = [];
  private readonly flats: boolean[] = [];
  // The same for the look ahead.
  private readonly aheadDocs: Doc[] = [];
  private readonly aheadFlats: boolean[] = [];

  constructor(places: Places) {
    this.places = places;
  }

  print(document: Doc): void {
    this.push(document, 0, false);
    while (this.docs.length > 0) {
      const doc = this.docs.pop()!;
      this.step(doc, this.indents.pop()!, this.flats.pop()!);
    }
  }

  newline(indentation: number, blank = false): void {
    this.text += blank ? '\n\n' : '\n';
    this.spaces = 0;
    this.column = indentation;
    this.lineIndent = indentation;
    this.ended = false;
  }

  private push(doc: Doc, indentation: number, flat: boolean): void {
    this.docs.push(doc);
    this.indents.push(indentation);
    this.flats.push(flat);
  }

  private pushAll(parts: readonly Doc[], indentation: number, flat: boolean): void {
    for (let i = parts.length - 1; i >= 0; i--) this.push(parts[i]!, indentation, flat);
  }

  private step(doc: Doc, indentation: number, flat: boolean): void {
    if (typeof doc === 'string') {
      this.write(doc, indentation);
      return;
    }
    switch (doc.kind) {
      case 'text':
        this.element(doc, indentation);
        break;
      case 'concat':
        this.pushAll(doc.parts, indentation, flat);
        break;
      case 'indent':
        this.push(doc.doc, indentation + STEP, flat);
        break;
      case 'group':
        this.group(doc, indentation, flat);
        break;
      case 'fill':
        if (flat) this.pushAll(doc.parts, indentation, true);
        else this.fill(doc, indentation);
        break;
      case 'line':
        if (flat && !doc.hard) this.write(doc.flat, indentation);
        else this.newline(indentation, doc.blank);
        break;
      case 'trailing':
        this.write(' ', indentation);
        this.element(doc.comment, indentation);
        this.ended = true;
        break;
      case 'ended':
        this.ended = true;
        break;
      case 'fresh':
        this.fresh(indentation);
    }
  }

  private fresh(indentation: number): void {
    if (this.lineIndent < 0) this.newline(indentation);
    else {
      this.lineIndent = indentation;
      this.column = indentation;
    }
  }

  /** Text without line breaks; spaces wait for what they separate from. */
  private write(text: string, indentation: number): void {
    if (text === '') return;
    if (text === ' ' || text === '  ') {
      this.spaces += text.length;
      this.column += text.length;
      return;
    }
    if (this.ended) this.newline(indentation);
    this.begin();
    this.text += text;
    this.column += text.length;
  }

  private begin(): void {
    if (this.lineIndent >= 0) {
      this.column = this.lineIndent;
      this.text += ' '.repeat(this.lineIndent);
      this.lineIndent = -1;
    } else if (this.spaces > 0) this.text += this.spaces === 1 ? ' ' : ' '.repeat(this.spaces);
    this.spaces = 0;
  }

  private element(doc: Text, indentation: number): void {
    if (this.ended) this.newline(indentation);
    if (doc.text === '' && doc.comma === undefined) return;
    this.begin();
    const from = this.text.length;
    const body = doc.stars === undefined ? doc.text : doc.stars.join(`\n${' '.repeat(indentation + 1)}`);
    this.text += doc.comma !== undefined && !doc.comma.broken ? `${body},` : body;
    if (doc.element >= 0) {
      this.places.starts[doc.element] = from;
      this.places.ends[doc.element] = from + body.length - (doc.text.length - doc.length);
    }
    const last = doc.lines ? body.lastIndexOf('\n') : -1;
    this.column = (last < 0 ? this.column : -last - 1) + this.text.length - from;
  }

  private group(doc: Group, indentation: number, flat: boolean): void {
    doc.broken = false;
    const fits = flat || (!doc.hard && this.fits(doc.doc, indentation));
    if (fits || doc.packed === undefined) {
      this.push(doc.doc, indentation, fits);
      return;
    }
    const { packed } = doc;
    doc.broken = !this.packs(packed, indentation + STEP);
    const items = doc.broken ? oneALine(packed) : [fill(between(packed.items))];
    this.pushAll([packed.open, indent(concat([HARD, ...items])), HARD, packed.close], indentation, false);
  }

  /** Whether the items go on shared lines: each fits a line, and the first two fit one together. */
  private packs({ items, commented }: Packed, indentation: number): boolean {
    const [first, second] = items;
    if (commented) return false;
    const room = WIDTH - indentation;
    if (first !== undefined && second !== undefined && !this.measure(concat([first, LINE, second]), room))
      return false;
    return items.every(item => this.measure(item, room));
  }

  private fill(doc: Fill, indentation: number): void {
    const { parts, from } = doc;
    const content = parts[from];
    const line = parts[from + 1];
    const next = parts[from + 2];
    if (content === undefined) return;
    if (line === undefined || next === undefined) {
      this.push(content, indentation, !isHard(content) && this.fits(content, indentation));
      return;
    }
    const fits = !isHard(content) && this.fits(content, indentation, false);
    const pair = fits && !isHard(next) && !isHard(line) ? concat([content, line, next]) : undefined;
    const both = pair !== undefined && this.fits(pair, indentation, parts[from + 3] === undefined);
    this.push({ ...doc, from: from + 2 }, indentation, false);
    this.push(line, indentation, both);
    this.push(content, indentation, fits);
  }

  /** Whether a document fits on the rest of the line, with what follows up to where the line may end. */
  private fits(doc: Doc, indentation: number, followed = true): boolean {
    const room = WIDTH - (this.ended ? indentation : this.column);
    return this.measure(doc, room, followed ? this.docs.length : 0);
  }

  private measure(doc: Doc, room: number, rest = 0): boolean {
    const docs = this.aheadDocs;
    const flats = this.aheadFlats;
    docs.length = 0;
    flats.length = 0;
    docs.push(doc);
    flats.push(true);
    let inside = true;
    let ended = false;
    while (room >= 0) {
      const next = docs.pop();
      if (next === undefined) {
        if (rest === 0 || ended) return true;
        rest--;
        inside = false;
        docs.push(this.docs[rest]!);
        flats.push(this.flats[rest]!);
        continue;
      }
      const flat = flats.pop()!;
      if (typeof next === 'string') {
        room -= next.length;
        continue;
      }
      switch (next.kind) {
        case 'text':
          // Behind a comment that ends its line nothing can follow on it.
          if (ended) return false;
          if (next.lines) {
            room -= next.text.indexOf('\n');
            if (room < 0 || !inside) return room >= 0;
            room = WIDTH - (next.text.length - next.text.lastIndexOf('\n') - 1);
          } else room -= next.text.length + (next.comma !== undefined && !next.comma.broken ? 1 : 0);
          break;
        case 'concat':
        case 'fill':
          for (let i = next.parts.length - 1, from = next.kind === 'fill' ? next.from : 0; i >= from; i--) {
            docs.push(next.parts[i]!);
            flats.push(flat);
          }
          break;
        case 'indent':
          docs.push(next.doc);
          flats.push(flat);
          break;
        case 'group':
          docs.push(next.doc);
          flats.push(flat && !next.hard);
          break;
        case 'line':
          if (!flat || next.hard) return true;
          room -= next.flat.length;
          break;
        case 'fresh':
          return true;
        default:
          if (!inside) return true;
          ended = true;
      }
    }
    return false;
  }
}

const between = (items: readonly Doc[]): Doc[] =>
  items.flatMap((item, i) => (i === 0 ? [item] : [LINE, item]));

const oneALine = ({ items, blanks }: Packed): Doc[] =>
  items.flatMap((item, i) => (i === 0 ? [item] : [blanks[i] ? BLANK : HARD, item]));
