// Every relative link of the documentation leads somewhere: to a file, and to a place in it where it names one.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = path.join(import.meta.dirname, '../..');

function pages(): string[] {
  const inFolder = (folder: string): string[] =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(file =>
      path.join(folder, file),
    );
  const top = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].filter(file =>
    existsSync(path.join(root, file)),
  );
  return [...top, ...inFolder('docs'), ...inFolder('grammar')].filter(file => file.endsWith('.md'));
}

/** Markdown without its code, in which brackets are no links. */
const prose = (text: string): string =>
  text.replace(/^(`{3,})[\s\S]*?^\1`*$/gm, '').replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, 'code');

/** Names of places: explicit ones, and headings as the usual renderers name them. */
function placesIn(text: string): ReadonlySet<string> {
  const explicit = [...text.matchAll(/<a id="([^"]+)">/g)].map(match => match[1]!);
  const headings = [...text.replace(/^(`{3,})[\s\S]*?^\1`*$/gm, '').matchAll(/^#{1,6} (.+)$/gm)].map(match =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
  return new Set([...explicit, ...headings]);
}

/** The relative links of a page that lead nowhere. */
function broken(file: string, text: string): string[] {
  const links = [
    ...[...prose(text).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(match => match[1]!),
    ...[...prose(text).matchAll(/(?:src|href)="([^"]+)"/g)].map(match => match[1]!),
    ...[...prose(text).matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map(match => match[1]!),
  ];
  return links
    .filter(link => !/^[a-z]+:/.test(link))
    .filter(link => {
      const [target, place] = link.split('#') as [string, string?];
      const full = target === '' ? path.join(root, file) : path.resolve(root, path.dirname(file), target);
      if (!existsSync(full)) return true;
      if (place === undefined || statSync(full).isDirectory()) return false;
      return !placesIn(target === '' ? text : readFileSync(full, 'utf8')).has(decodeURIComponent(place));
    });
}

test('links between pages', () => {
  const found = pages();
  assert.ok(found.length >= 8, found.join(', '));
  const faults = found.flatMap(file =>
    broken(file, readFileSync(path.join(root, file), 'utf8')).map(link => `${file}: ${link}`),
  );
  assert.equal(faults, []);
});

test('a link that leads nowhere is found', () => {
  assert.equal(broken('docs/README.md', '# A b\n[a](#a-b) [b](#c) [c](guide.md) [d](gide.md) `[e](f.md)`'), [
    '#c',
    'gide.md',
  ]);
  assert.equal(broken('docs/x.md', '[a](guide.md#no-such-place) ![b](x.svg)'), [
    'guide.md#no-such-place',
    'x.svg',
  ]);
});

test.run();
