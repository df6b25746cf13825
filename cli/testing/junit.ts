import type { TestedDocument, TestFaultDocument } from '../documents.ts';
import { faultText } from './render.ts';

/**
 * The outcomes as JUnit XML, the form that CI services read: a suite a spec file, a case a test, its class what is tested.
 * A test that is not run is skipped; an `error` could not be tried, a `failure` did not hold.
 */
export function junit(outcomes: readonly TestedDocument[]): string {
  const files = new Map<string, TestedDocument[]>();
  for (const outcome of outcomes) {
    const file = outcome.place.replace(/:\d+:\d+$/, '');
    files.set(file, [...(files.get(file) ?? []), outcome]);
  }
  const suites = [...files].map(([file, cases]) =>
    element('testsuite', { name: file, ...counts(cases) }, cases.map(testCase)),
  );
  const all = element('testsuites', { name: 'mlp test', ...counts(outcomes) }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${all}\n`;
}

function counts(outcomes: readonly TestedDocument[]): Record<string, string> {
  const failed = outcomes.filter(({ status }) => status === 'failed');
  const errors = failed.filter(({ faults }) => faults.every(isError)).length;
  const seconds = outcomes.reduce((sum, { seconds: own }) => sum + own, 0);
  return {
    tests: String(outcomes.length),
    failures: String(failed.length - errors),
    errors: String(errors),
    skipped: String(outcomes.filter(({ status }) => status === 'unsupported').length),
    time: seconds.toFixed(3),
  };
}

const isError = ({ kind }: TestFaultDocument): boolean => kind === 'error';

function testCase(outcome: TestedDocument): string {
  const { title, of, seconds, status, faults } = outcome;
  const notes = [...outcome.notes, ...(outcome.cached ? ['unchanged since it passed; not run again'] : [])];
  const children =
    status === 'unsupported'
      ? [element('skipped', { message: faults[0]?.message ?? 'not run' }, [])]
      : faults.map(fault =>
          element(isError(fault) ? 'error' : 'failure', { message: fault.message, type: fault.kind }, [
            escapeXml(faultText(fault)),
          ]),
        );
  const output = notes.length > 0 ? [element('system-out', {}, [escapeXml(notes.join('\n'))])] : [];
  return element('testcase', { name: title, classname: of, time: seconds.toFixed(3) }, [
    ...children,
    ...output,
  ]);
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly string[],
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const open = `<${name}${written.join('')}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A reader makes spaces of these in an attribute, and of a carriage return a line feed anywhere.
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** The one place where text enters the XML. What XML 1.0 cannot hold at all becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\n\r\t]/g, c => entities[c]!);
}
