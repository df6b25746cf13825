// biome-ignore lint/suspicious/noExplicitAny: stub
export class Recovery {
  [k: string]: any;
  diagnostics: any[] = [];
  constructor(...a: any[]) {
    void a;
    throw new Error('recovery is being written');
  }
}
