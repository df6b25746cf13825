import path from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { type Found, findCompiler, versionOf } from './compiler.ts';

let client: LanguageClient | undefined;
let found: Found | undefined;
let output: vscode.LogOutputChannel;
let status: vscode.StatusBarItem;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel('mlp', { log: true });
  status = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Right, 0);
  status.command = 'mlp.which';
  const command = (name: string, work: (...args: unknown[]) => unknown) =>
    vscode.commands.registerCommand(name, work);
  context.subscriptions.push(
    output,
    status,
    command('mlp.run', of => inTerminal('run', goalOf(of), folderOf(of))),
    command('mlp.test', of => inTerminal('test', goalOf(of), folderOf(of))),
    command('mlp.graph', () => showGraph()),
    command('mlp.restart', () => restart()),
    command('mlp.which', () => tellWhich()),
    vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration('mlp.path')) void restart();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

const foldersOf = (): string[] => (vscode.workspace.workspaceFolders ?? []).map(folder => folder.uri.fsPath);

async function start(): Promise<void> {
  const setting = vscode.workspace.getConfiguration('mlp').get<string>('path') ?? '';
  const searched = findCompiler({
    setting,
    folders: foldersOf(),
    searchPath: process.env['PATH'] ?? '',
    windows: process.platform === 'win32',
  });
  if ('missing' in searched) return fail(searched.missing);
  const told = await versionOf(searched.command);
  if ('missing' in told) return fail(told.missing);
  found = searched;
  output.info(`compiler: ${found.command}, version ${told.version}, since ${found.why}`);
  const server = { command: found.command, args: ['lsp', '--stdio'], transport: TransportKind.stdio };
  client = new LanguageClient(
    'mlp',
    'mlp',
    { run: server, debug: server },
    {
      documentSelector: [{ scheme: 'file', language: 'mlp' }],
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/{*.mlp,mlp.json}') },
      outputChannel: output,
    },
  );
  try {
    await client.start();
    status.text = `mlp ${told.version}`;
    status.tooltip = `${found.command}, since ${found.why}`;
    status.show();
  } catch (error) {
    await fail(`${found.command} could not be started: ${(error as Error).message}`);
  }
}

/** Nothing fails in silence: the reason is shown, with the ways out. */
async function fail(reason: string): Promise<void> {
  output.error(reason);
  status.text = '$(error) mlp';
  status.tooltip = reason;
  status.show();
  const choice = await vscode.window.showErrorMessage(
    `mlp: ${reason}`,
    'Open the Setting',
    'Try Again',
    'Show Output',
  );
  if (choice === 'Open the Setting')
    await vscode.commands.executeCommand('workbench.action.openSettings', 'mlp.path');
  if (choice === 'Try Again') await restart();
  if (choice === 'Show Output') output.show();
}

async function restart(): Promise<void> {
  await client?.stop().catch(() => undefined);
  client = undefined;
  found = undefined;
  await start();
}

function tellWhich(): void {
  if (!found) void fail('no compiler is in use');
  else void vscode.window.showInformationMessage(`${status.text}: ${found.command}, since ${found.why}`);
}

interface Target {
  readonly uri?: string;
  readonly goal?: string;
}
const goalOf = (target: unknown): string | undefined => (target as Target | undefined)?.goal;

/** The folder of the spec that was clicked, else that of the one that is open. */
function folderOf(target: unknown): string | undefined {
  const uri = (target as Target | undefined)?.uri;
  if (uri) return path.dirname(vscode.Uri.parse(uri).fsPath);
  const open = vscode.window.activeTextEditor?.document;
  return open?.languageId === 'mlp' ? path.dirname(open.uri.fsPath) : foldersOf()[0];
}

/** Runs a command of the compiler where its output can be read and stopped. */
async function inTerminal(command: string, argument?: string, cwd?: string): Promise<void> {
  if (!found) return fail('no compiler is in use');
  const args = argument === undefined ? [command] : [command, argument];
  const execution = new vscode.ProcessExecution(found.command, args, cwd === undefined ? {} : { cwd });
  const task = new vscode.Task(
    { type: 'mlp', command },
    vscode.TaskScope.Workspace,
    args.join(' '),
    'mlp',
    execution,
    '$mlp',
  );
  await vscode.tasks.executeTask(task);
}

/** The graph of steps as a picture beside the spec. */
async function showGraph(): Promise<void> {
  if (!found) return fail('no compiler is in use');
  const { execFile } = await import('node:child_process');
  const cwd = folderOf(undefined);
  execFile(found.command, ['graph', '--svg'], { cwd, maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) => {
    if (error)
      return void fail(`the graph could not be drawn: ${stderr.trim().split('\n')[0] ?? error.message}`);
    const panel = vscode.window.createWebviewPanel('mlp.graph', 'mlp graph', vscode.ViewColumn.Beside, {});
    panel.webview.html = `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><body>${stdout}</body>`;
  });
}
