import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeParams,
  type InitializeResult,
  type InlayHint,
  type Location,
  LSPErrorCodes,
  ResponseError,
  type SemanticTokens,
  type SymbolInformation,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Pieces } from '../../compiler/pieces.ts';
import { codeActions, formatting } from './features/actions.ts';
import { completion } from './features/completion.ts';
import { hover } from './features/hover.ts';
import {
  definition,
  documentSymbols,
  references,
  renamable,
  rename,
  workspaceSymbols,
} from './features/navigation.ts';
import { codeLenses, foldingRanges, inlayHints, selectionRange, signatureHelp } from './features/reading.ts';
import { legend, semanticTokens } from './features/tokens.ts';
import { type Driving, driven, type Job } from './job.ts';
import { offsetOf, rangeOf, spanOf } from './places.ts';
import { Publisher } from './publisher.ts';
import { type Checked, type Understood, Workspace } from './workspace.ts';

export interface ServerOptions {
  /** Told to the editor, so that everyone knows which compiler speaks. */
  readonly version: string;
  /** The documents and projects that it keeps; its own if left out. */
  readonly workspace?: Workspace;
  /** How long work may keep keystrokes and requests waiting at a time, a piece more or less; in milliseconds. */
  readonly sliceMs?: number;
  /** Told after each slice of work. */
  readonly sliced?: (what: string) => void;
}

/** A request about one place is answered without a detour where that takes no longer than this. */
const answerMs = 60;

interface Asked {
  readonly uri: string;
  readonly token: CancellationToken;
  readonly state?: Checked;
}

const isPieces = <T>(answer: T | Pieces<T>): answer is Pieces<T> =>
  typeof answer === 'object' && answer !== null && Symbol.iterator in answer && 'next' in answer;

/**
 * The language server. A document is in one of three states: open (its text is known), parsed (its tree, from the text
 * alone) and checked (in its project). Every request names the state it needs by what it calls: `parse` or `understand`.
 */
export function serve(connection: Connection, options: ServerOptions): void {
  const documents = new TextDocuments(TextDocument);
  const workspace = options.workspace ?? new Workspace();

  connection.onInitialize((params): InitializeResult => {
    workspace.setFolders(foldersOf(params));
    return { serverInfo: { name: 'mlp', version: options.version }, capabilities };
  });
  connection.onInitialized(() => {
    void connection.client.register(DidChangeConfigurationNotification.type).catch(() => undefined);
    connection.console.info(`mlp language server ${options.version}, ${process.argv[1] ?? ''}`);
  });

  const fault = (error: unknown): void => {
    if (error instanceof ResponseError) throw error;
    connection.console.error(`internal error, please report it: ${(error as Error).stack ?? String(error)}`);
  };
  const { sliced = () => {}, sliceMs = 8 } = options;
  /** Requests about a place that are not answered yet: an editor waits for them before it goes on. */
  let answering = 0;
  const publisher = new Publisher(connection, {
    guarded: work => work().catch(error => fault(error)),
    sliced,
    sliceMs,
    pauses: () => answering > 0,
  });

  /** A fault of ours is told, and the server lives on. */
  const guarded = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      fault(error);
      return otherwise;
    }
  };
  /** An answer that takes work in slices. */
  const worked = async <T>(otherwise: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      fault(error);
      return otherwise;
    }
  };
  /** The document in the state that a request needs, and what the request makes of it. */
  const understood = <T>(
    { uri, token, state = 'places' }: Asked,
    otherwise: T,
    use: (known: Understood) => T | Pieces<T>,
  ): Promise<T> =>
    worked(otherwise, async () => {
      const document = documents.get(uri);
      const checking = document && workspace.checked(document, state);
      if (!checking) return otherwise;
      const driving = { token, sliceMs, sliced: () => sliced(`${state} of ${uri}`) };
      const result =
        state === 'places' ? await first(checking.job, driving) : await driven(checking.job, driving);
      const known = checking.understood(result);
      if (!known) return otherwise;
      const answer = use(known);
      return isPieces(answer) ? driven(known.project.job(answer), driving) : answer;
    });
  const first = async <T>(job: Job<T>, driving: Driving): Promise<T> => {
    answering++;
    try {
      return await driven(job, { ...driving, firstMs: answerMs });
    } finally {
      answering--;
    }
  };
  const parsed = <T>(uri: string, otherwise: T, use: (one: ReturnType<Workspace['parse']>) => T): T =>
    guarded(() => {
      const document = documents.get(uri);
      return document ? use(workspace.parse(document)) : otherwise;
    }, otherwise);

  documents.onDidChangeContent(({ document }) => {
    workspace.update(document);
    const at = workspace.locate(document.uri);
    if (at) publisher.changed(at.project, at.path);
  });
  documents.onDidClose(({ document }) => {
    workspace.close(document.uri);
    const at = workspace.locate(document.uri);
    if (at) publisher.changed(at.project, at.path);
  });
  const reread = () => {
    for (const project of workspace.projects.values()) {
      project.forget();
      publisher.everything(project);
    }
  };
  connection.onDidChangeWatchedFiles(reread);
  documents.onDidSave(reread);

  connection.onHover(({ textDocument: { uri }, position }, token) =>
    understood({ uri, token }, null, known => hover(known, offsetOf(known.file, position)) ?? null),
  );
  connection.onDefinition(({ textDocument: { uri }, position }, token) =>
    understood({ uri, token }, null, known => definition(known, offsetOf(known.file, position)) ?? null),
  );
  connection.onReferences(({ textDocument: { uri }, position, context }, token) =>
    understood<Location[]>({ uri, token, state: 'project' }, [], known =>
      references(known, offsetOf(known.file, position), context.includeDeclaration),
    ),
  );
  connection.onPrepareRename(({ textDocument: { uri }, position }, token) =>
    understood({ uri, token }, null, known => {
      const found = renamable(known, offsetOf(known.file, position));
      if ('why' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.why);
      return rangeOf(known.file, found.span);
    }),
  );
  connection.onRenameRequest(async ({ textDocument: { uri }, position, newName }, token) => {
    const edit = await understood<ReturnType<typeof rename> extends Pieces<infer E> ? E | null : never>(
      { uri, token, state: 'project' },
      null,
      known => rename(known, offsetOf(known.file, position), newName),
    );
    if (edit && 'why' in edit) throw new ResponseError(LSPErrorCodes.RequestFailed, edit.why);
    return edit;
  });
  connection.onCompletion(({ textDocument: { uri }, position }, token) =>
    understood<CompletionItem[]>({ uri, token }, [], known =>
      completion(known, offsetOf(known.file, position)),
    ),
  );
  connection.onSignatureHelp(({ textDocument: { uri }, position }, token) =>
    understood({ uri, token }, null, known => signatureHelp(known, offsetOf(known.file, position)) ?? null),
  );
  connection.onDocumentSymbol(({ textDocument }) =>
    parsed(textDocument.uri, [], ({ file, result }) => documentSymbols(file, result.module)),
  );
  connection.onWorkspaceSymbol(({ query }, token) =>
    worked<SymbolInformation[]>([], async () => {
      const found: SymbolInformation[] = [];
      for (const project of workspace.projects.values())
        found.push(...(await driven(project.job(workspaceSymbols(project, query)), { token, sliceMs })));
      return found;
    }),
  );
  connection.onFoldingRanges(({ textDocument }) =>
    parsed(textDocument.uri, [], ({ file, result }) =>
      foldingRanges(file, result.tokens, result.comments, result.module),
    ),
  );
  connection.onSelectionRanges(({ textDocument, positions }) =>
    parsed(textDocument.uri, [], ({ file, result }) =>
      positions.map(position => selectionRange(file, result.module, offsetOf(file, position))),
    ),
  );
  connection.onCodeLens(({ textDocument }) =>
    parsed(textDocument.uri, [], ({ file, result }) => codeLenses(file, result.module, textDocument.uri)),
  );
  connection.onCodeAction(({ textDocument: { uri }, range, context }, token) =>
    understood<CodeAction[]>({ uri, token, state: 'file' }, [], known =>
      codeActions(known, spanOf(known.file, range), {
        shown: context.diagnostics,
        rules: publisher.rulesOf(known.project, known.file),
        isLocked: code => known.project.isLocked(code),
        only: context.only,
      }),
    ),
  );
  connection.onDocumentFormatting(({ textDocument }) =>
    parsed(textDocument.uri, [], ({ file }) => formatting(file)),
  );
  connection.onDocumentRangeFormatting(({ textDocument, range }) =>
    parsed(textDocument.uri, [], ({ file }) => formatting(file, range)),
  );
  connection.languages.inlayHint.on(({ textDocument: { uri }, range }, token) =>
    understood<InlayHint[]>({ uri, token }, [], known =>
      inlayHints(known).filter(
        hint => hint.position.line >= range.start.line && hint.position.line <= range.end.line,
      ),
    ),
  );
  connection.languages.semanticTokens.on(({ textDocument: { uri } }, token) =>
    understood<SemanticTokens>({ uri, token }, { data: [] }, ({ file, tree, result }) =>
      semanticTokens(result.program, file, tree),
    ),
  );

  documents.listen(connection);
  connection.listen();
}

const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  completionProvider: { triggerCharacters: ['.', '@', ':', '(', ' '] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  signatureHelpProvider: { triggerCharacters: ['(', ','] },
  semanticTokensProvider: { legend, full: true },
  inlayHintProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  codeActionProvider: {
    codeActionKinds: [
      CodeActionKind.QuickFix,
      CodeActionKind.RefactorExtract,
      CodeActionKind.SourceOrganizeImports,
    ],
  },
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  codeLensProvider: {},
};

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  if (workspaceFolders && workspaceFolders.length > 0) return workspaceFolders.map(folder => folder.uri);
  return rootUri ? [rootUri] : [];
}
