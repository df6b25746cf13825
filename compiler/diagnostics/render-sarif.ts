import { sha256 } from '../plan/sha256.ts';
import type { SourceFile, Span } from '../source/text.ts';
import type { Diagnostic, Fix, Label, Severity, Suppressed } from './diagnostic.ts';
import { type AnyMessage, errorPage, examplesOf, HOME_PAGE, messageByCode, titleOf } from './registry.ts';

/**
 * SARIF 2.1.0, as code scanning reads it: one run with the rules that occur, results with their places, paths, fixes and
 * suppressions. Places are relative to `%SRCROOT%`, whatever folder that is; columns count UTF-16 units from one.
 */

export interface SarifOptions {
  readonly version: string;
  readonly suppressed?: readonly Suppressed[];
}

type Json = Readonly<Record<string, unknown>>;

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT = 'SRCROOT';
const LIBRARY = 'MLPSTDLIB';
const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

export function renderSarif(diagnostics: readonly Diagnostic[], options: SarifOptions): Json {
  const all = [
    ...diagnostics.map(diagnostic => ({ diagnostic, suppressed: undefined })),
    ...(options.suppressed ?? []).map(suppressed => ({ diagnostic: suppressed.diagnostic, suppressed })),
  ];
  const codes = [...new Set(all.map(({ diagnostic }) => diagnostic.code))].sort();
  const prints = new Fingerprints();
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'mlp',
            version: options.version,
            informationUri: HOME_PAGE,
            rules: codes.map(rule),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {
          [ROOT]: { description: { text: 'The root of the repository, or the folder that mlp ran in.' } },
          [LIBRARY]: { description: { text: 'The standard library, which comes with mlp.' } },
        },
        results: all.map(({ diagnostic, suppressed }) => ({
          ...result(diagnostic, codes.indexOf(diagnostic.code), prints),
          suppressions: suppressed === undefined ? [] : [suppression(suppressed)],
        })),
      },
    ],
  };
}

function rule(code: string): Json {
  const definition = messageByCode(code)?.definition;
  if (!definition) return { id: code };
  return {
    id: code,
    name: nameOf(definition.title),
    shortDescription: { text: `${titleOf(definition)}.` },
    fullDescription: { text: definition.explanation.text },
    help: { text: helpText(definition), markdown: helpMarkdown(definition) },
    helpUri: errorPage(code),
    defaultConfiguration: { level: LEVELS[definition.severity] },
    properties: { tags: ['mlp', phaseTag(code)] },
  };
}

/** `UnknownColumn`: what viewers show beside the code. */
const nameOf = (title: string): string =>
  title
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ')
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

const TAGS: Readonly<Record<string, string>> = {
  1: 'syntax',
  2: 'names',
  3: 'types',
  4: 'flow',
  5: 'gates',
  6: 'project',
  7: 'lint',
  8: 'data',
};
const phaseTag = (code: string): string => TAGS[code.slice(3, 4)] ?? 'other';

type Definition = AnyMessage['definition'];

function helpText(definition: Definition): string {
  const examples = examplesOf(definition);
  const { text } = definition.explanation;
  return examples
    ? [text, 'Wrong:', examples.wrong.trim(), 'Right:', examples.right.trim()].join('\n\n')
    : text;
}

function helpMarkdown(definition: Definition): string {
  const examples = examplesOf(definition);
  const { text } = definition.explanation;
  if (!examples) return text;
  const block = (spec: string) => `\`\`\`${examples.language}\n${spec.trim()}\n\`\`\``;
  return [text, 'Wrong:', block(examples.wrong), 'Right:', block(examples.right)].join('\n\n');
}

function result(diagnostic: Diagnostic, ruleIndex: number, prints: Fingerprints): Json {
  const { code, severity, message, hint, file, span, labels, fixes } = diagnostic;
  const path = messageByCode(code)?.definition.path === true && labels.length > 0;
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: hint === undefined ? message : `${message}\n${sentenceOfHint(hint)}` },
    locations: [{ physicalLocation: place(file, span) }],
    ...(labels.length === 0 ? {} : { relatedLocations: labels.map(related) }),
    ...(path ? { codeFlows: [codeFlow(diagnostic)] } : {}),
    ...(fixes.length === 0 ? {} : { fixes: fixes.map(fixOf) }),
    partialFingerprints: { 'mlpFinding/v1': prints.of(diagnostic) },
  };
}

const sentenceOfHint = (hint: string): string => (/^did you mean/.test(hint) ? hint : `Hint: ${hint}`);

function place(file: SourceFile, span: Span): Json {
  return { artifactLocation: artifact(file), region: region(file, span) };
}

function artifact({ path }: SourceFile): Json {
  const library = path.startsWith('std/');
  // A place outside of the root is named whole.
  if (path.startsWith('/')) return { uri: `file://${encodePath(path)}` };
  return { uri: encodePath(library ? path.slice(4) : path), uriBaseId: library ? LIBRARY : ROOT };
}

/** A path as a relative URI reference; a colon in its first part would read as a scheme. */
const encodePath = (path: string): string =>
  path
    .split('/')
    .map(part => encodeURIComponent(part).replace(/%40|%2B|%2C|%3D/g, decodeURIComponent))
    .join('/');

function region(file: SourceFile, { start, end }: Span): Json {
  const from = file.position(start);
  const to = file.position(end);
  return {
    startLine: from.line,
    startColumn: from.column,
    endLine: to.line,
    endColumn: to.column,
    charOffset: start,
    charLength: end - start,
  };
}

const related = ({ file, span, message }: Label, index: number): Json => ({
  id: index + 1,
  physicalLocation: place(file, span),
  message: { text: message },
});

/** From the value that is read, step by step, to what makes it wrong. */
function codeFlow({ file, span, message, labels }: Diagnostic): Json {
  const steps = [{ file, span, message }, ...labels.filter(({ beside }) => !beside)];
  return {
    threadFlows: [
      {
        locations: steps.map(step => ({
          location: { physicalLocation: place(step.file, step.span), message: { text: step.message } },
        })),
      },
    ],
  };
}

function fixOf({ title, edits }: Fix): Json {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: sentence(title) },
    artifactChanges: files.map(file => ({
      artifactLocation: artifact(file),
      replacements: edits
        .filter(edit => edit.file === file)
        .map(({ span, text }) => ({
          deletedRegion: region(file, span),
          ...(text === '' ? {} : { insertedContent: { text } }),
        })),
    })),
  };
}

const suppression = ({ kind, reason }: Suppressed): Json => ({
  kind,
  status: 'accepted',
  ...(reason === '' ? {} : { justification: reason }),
});

/** The same for the same mistake wherever it moves: code, file, words of its lines, and which of equal ones it is. */
class Fingerprints {
  private readonly seen = new Map<string, number>();

  of({ code, file, span, message }: Diagnostic): string {
    const first = file.position(span.start).line;
    const last = file.position(Math.max(span.start, span.end - 1)).line;
    const lines = [file.line(first), ...(last > first ? [file.line(last)] : [])];
    const words = lines.map(line => line.replace(/\s+/g, ' ').trim());
    const key = JSON.stringify([code, file.path, message, words]);
    const number = this.seen.get(key) ?? 0;
    this.seen.set(key, number + 1);
    return sha256(`${key}${number}`).slice(0, 32);
  }
}
