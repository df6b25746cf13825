/** A terminal in memory: enough of one to see what a live display leaves on the screen. */
export class Terminal {
  readonly isTTY = true;
  columns: number;
  readonly lines: string[] = [''];
  writes = 0;
  cursorHidden = false;
  /** Lines that were wider than the terminal: they would have wrapped, and could not be taken back. */
  readonly tooWide: string[] = [];
  private row = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): boolean {
    this.writes++;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what escape sequences are made of
    for (const piece of text.split(/(\u001b\[[?0-9;]*[A-Za-z]|\r|\n)/)) {
      if (piece.startsWith('\u001b[') && piece.endsWith('A'))
        this.row = Math.max(0, this.row - Number(piece.slice(2, -1)));
      else if (piece === '\u001b[J') this.lines.length = this.row + 1;
      else if (piece === '\u001b[?25l') this.cursorHidden = true;
      else if (piece === '\u001b[?25h') this.cursorHidden = false;
      else if (piece === '\n') {
        const line = this.lines[this.row]!;
        if ([...line].length > this.columns) this.tooWide.push(line);
        this.row++;
        this.lines[this.row] ??= '';
      } else if (piece === '\r') this.lines[this.row] = '';
      else if (!piece.startsWith('\u001b')) this.lines[this.row] += piece;
    }
    return true;
  }

  screen(): string {
    return this.lines
      .map(line => line.trimEnd())
      .join('\n')
      .trimEnd();
  }
}
