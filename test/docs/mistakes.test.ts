// The gallery: every family of "What the types know" has one spec with one mistake, and the message is this one.
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gallery, galleryPath, verdict } from '../../scripts/docs/gallery.ts';
import { baseline } from '../support/specs.ts';

const all = gallery();

test('there is one for each of the twelve families', () => {
  assert.equal(
    all.map(({ number }) => number),
    Array.from({ length: 12 }, (_, i) => i + 1),
  );
});

for (const { folder, main, fixed, released, story } of all) {
  test(folder, () => {
    assert.ok(story.length > 40, 'the first line tells what is wrong');
    const said = verdict(main, released);
    baseline(path.join(galleryPath, folder, 'expected.txt'), said);
    const mistakes = said.match(/^(error|warning|Breaking)/gm) ?? [];
    assert.is(mistakes.length, 1, said);
    assert.is(verdict(fixed, released), '');
  });
}

test.run();
