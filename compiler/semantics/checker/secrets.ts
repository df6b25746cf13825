import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { visit } from '../../syntax/visit.ts';
import type { Module } from '../scope.ts';
import { insideText } from '../written.ts';
import type { Checker } from './context.ts';

/** A kind of credential that can be told by its form, as those who give it out publish it. */
interface Form {
  readonly what: string;
  readonly pattern: RegExp;
}
const forms: readonly Form[] = [
  {
    what: 'a user and a password in an address',
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"']*:([^\s/?#@"']+)@/i,
  },
  { what: 'an access key of AWS', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: 'a token of GitHub', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})/ },
  { what: 'a token of GitLab', pattern: /\bglpat-[A-Za-z0-9_-]{20,}/ },
  { what: 'a token of Slack', pattern: /\bxox[abeprs]-[A-Za-z0-9-]{10,}/ },
  {
    what: 'a web-hook of Slack',
    pattern: /\bhooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9]+\/[A-Za-z0-9]+\/[A-Za-z0-9]+/,
  },
  { what: 'a web-hook of Discord', pattern: /\bdiscord(?:app)?\.com\/api\/webhooks\/\d+\/[\w-]{20,}/ },
  { what: 'a web-hook of Teams', pattern: /\b[\w-]+\.webhook\.office\.com\/webhookb2\/[\w@-]{20,}/ },
  { what: 'a key of Stripe', pattern: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/ },
  { what: 'a key of Google', pattern: /\bAIza[A-Za-z0-9_-]{35}/ },
  { what: 'a key of a language model', pattern: /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}/ },
  { what: 'a token of Hugging Face', pattern: /\bhf_[A-Za-z0-9]{30,}/ },
  { what: 'a token of npm', pattern: /\bnpm_[A-Za-z0-9]{36}/ },
  { what: 'a token of PyPI', pattern: /\bpypi-AgEI[A-Za-z0-9_-]{50,}/ },
  { what: 'a key of SendGrid', pattern: /\bSG\.[\w-]{16,}\.[\w-]{16,}/ },
  { what: 'a signed token', pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/ },
  { what: 'a key of an account', pattern: /\b(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/=]{20,})/ },
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
];

/** A value that a command or a connection is given: `PGPASSWORD=…`, `--token …`, `Bearer …`. */
const given: Form = {
  what: 'a password or token',
  pattern:
    /(?:(?:^|[\s;&"'])[A-Z0-9_]*(?:PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY)[A-Z0-9_]*=|(?:^|[\s;&?"'])(?:password|passwd|pwd|token|api[_-]?key|access[_-]?key)=|--(?:password|passwd|token|secret|api-?key|access-?key)[= ]|\bBearer )["']?([^\s"';&]{4,})/i,
};

/** Whatever could hold one of the forms. The text of a file is looked through once; most files end here. */
const possible =
  /:\/\/[^\s/"]*:[^\s/"]*@|\b(?:AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|[rs]k_(?:live|test)_|AIza|sk-|hf_|npm_|pypi-|SG\.|eyJ)|hooks\.slack|\/webhooks?(?:b2)?\/|Key=|PRIVATE KEY|(?:password|passwd|pwd|secret|token|key)\w*["']?[= ,]|Bearer /i;

/** What names a value instead of giving it: a variable of the shell, a place in a template, stars. */
const placeholder = /^(?:\$|\{\{|%\(|<[^>]*>$|\*+$|x{3,}$|\.{3}$)/i;
/** Published examples, which open nothing. */
const published = /EXAMPLE\b|X{8,}/;

/** Where a text holds what looks like a credential. */
export function secretIn(
  text: string,
  command: boolean,
): { readonly what: string; readonly start: number; readonly end: number } | undefined {
  for (const { what, pattern } of command ? [...forms, given] : forms) {
    const match = pattern.exec(text);
    if (!match) continue;
    const [whole, value = whole] = match;
    if (placeholder.test(value) || published.test(value)) continue;
    const start = match.index + whole.lastIndexOf(value);
    return { what, start, end: start + value.length };
  }
  return undefined;
}

/** Family 9: secrets are named, never written down, not in commands and addresses either. */
export function checkSecrets(c: Checker, module: Module): void {
  if (!possible.test(module.file.text)) return;
  const told = new Set(
    c.diagnostics
      .filter(
        ({ code, file }) =>
          file === module.file && code === declarationMessages.secretLiteral.definition.code,
      )
      .map(({ span }) => span.start),
  );
  visit(module.tree, (node, parents) => {
    if (node.kind !== 'String' || told.has(node.span.start)) return;
    const literal = node as ast.StringLiteral;
    const found = secretIn(literal.value, isCommand(node, parents));
    if (!found) return;
    const span = insideText(module.file, literal, literal.value, found);
    c.error(module, declarationMessages.secretText, { what: found.what }, span);
  });
}

/** A command, or the text of a connection, a source, a notifier: not the rows of a test, and no query. */
function isCommand(node: ast.Node, parents: readonly ast.Node[]): boolean {
  const run = parents.find((parent): parent is ast.RunClause => parent.kind === 'Run');
  if (run) return run.language !== 'sql' || node !== run.target;
  const block = (node as ast.StringLiteral).block;
  return (
    !block && parents.some(({ kind }) => kind === 'Connection' || kind === 'Notify' || kind === 'Replacement')
  );
}
