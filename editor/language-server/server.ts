import {
  CodeActionKind,
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeParams,
  type InitializeResult,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
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
import { offsetOf, rangeOf, spanOf } from './places.ts';
import { Publisher } from './publisher.ts';
import { type Understood, Workspace } from './workspace.ts';

export interface ServerOptions {
  /** Told to the editor, so that everyone knows which compiler speaks. */
  readonly version: string;
}

const invalidRequest = -32_803;

/**
 * The language server. A document is in one of three states: open (its text is known), parsed (its tree, from the text
 * alone) and checked (in its project). Every request names the state it needs by what it calls: `parse` or `understand`.
 */
export function serve(connection: Connection, options: ServerOptions): void {
  const documents = new TextDocuments(TextDocument);
  const workspace = new Workspace();

  connection.onInitialize((params): InitializeResult => {
    workspace.setFolders(foldersOf(params));
    return { serverInfo: { name: 'mlp', version: options.version }, capabilities };
  });
  connection.onInitialized(() => {
    void connection.client.register(DidChangeConfigurationNotification.type).catch(() => undefined);
    connection.console.info(`mlp language server ${options.version}, ${process.argv[1] ?? ''}`);
  });

  const publisher = new Publisher(connection, work => guarded(work, undefined));

  /** A fault of ours is told, and the server lives on. */
  const guarded = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof ResponseError) throw error;
      connection.console.error(
        `internal error, please report it: ${(error as Error).stack ?? String(error)}`,
      );
      return otherwise;
    }
  };
  const understood = <T>(uri: string, otherwise: T, use: (known: Understood) => T, all = false): T =>
    guarded(() => {
      const document = documents.get(uri);
      const known = document && (all ? workspace.understandAll(document) : workspace.understand(document));
      return known ? use(known) : otherwise;
    }, otherwise);
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

  connection.onHover(({ textDocument, position }) =>
    understood(textDocument.uri, null, known => hover(known, offsetOf(known.file, position)) ?? null),
  );
  connection.onDefinition(({ textDocument, position }) =>
    understood(textDocument.uri, null, known => definition(known, offsetOf(known.file, position)) ?? null),
  );
  connection.onReferences(({ textDocument, position, context }) =>
    understood(
      textDocument.uri,
      [],
      known => references(known, offsetOf(known.file, position), context.includeDeclaration),
      true,
    ),
  );
  connection.onPrepareRename(({ textDocument, position }) =>
    understood(textDocument.uri, null, known => {
      const found = renamable(known, offsetOf(known.file, position));
      if ('why' in found) throw new ResponseError(invalidRequest, found.why);
      return rangeOf(known.file, found.span);
    }),
  );
  connection.onRenameRequest(({ textDocument, position, newName }) =>
    understood(
      textDocument.uri,
      null,
      known => {
        const edit = rename(known, offsetOf(known.file, position), newName);
        if ('why' in edit) throw new ResponseError(invalidRequest, edit.why);
        return edit;
      },
      true,
    ),
  );
  connection.onCompletion(({ textDocument, position }) =>
    understood(textDocument.uri, [], known => completion(known, offsetOf(known.file, position))),
  );
  connection.onSignatureHelp(({ textDocument, position }) =>
    understood(textDocument.uri, null, known => signatureHelp(known, offsetOf(known.file, position)) ?? null),
  );
  connection.onDocumentSymbol(({ textDocument }) =>
    parsed(textDocument.uri, [], ({ file, result }) => documentSymbols(file, result.module)),
  );
  connection.onWorkspaceSymbol(({ query }) =>
    guarded(() => [...workspace.projects.values()].flatMap(project => workspaceSymbols(project, query)), []),
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
  connection.onCodeAction(({ textDocument, range, context }) =>
    understood(textDocument.uri, [], known =>
      codeActions(known, spanOf(known.file, range), context.diagnostics).filter(
        action => !context.only || context.only.some(kind => action.kind?.startsWith(kind)),
      ),
    ),
  );
  connection.onDocumentFormatting(({ textDocument }) =>
    parsed(textDocument.uri, [], ({ file }) => formatting(file)),
  );
  connection.onDocumentRangeFormatting(({ textDocument, range }) =>
    parsed(textDocument.uri, [], ({ file }) => formatting(file, range)),
  );
  connection.languages.inlayHint.on(({ textDocument, range }) =>
    understood(textDocument.uri, [], known =>
      inlayHints(known).filter(
        hint => hint.position.line >= range.start.line && hint.position.line <= range.end.line,
      ),
    ),
  );
  connection.languages.semanticTokens.on(({ textDocument }) =>
    understood(textDocument.uri, { data: [] }, ({ file, tree, result }) =>
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
