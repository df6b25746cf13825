import type * as ast from '../../syntax/ast/index.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const component = (image: string): string =>
  project({
    gate: 'require auc >= 0.7\n    require lift >= 2.0\n    require auc > baseline.auc',
    evaluate: 'evaluate auc, log_loss, lift by site',
    more: `/// How much better than chance the first tenth is.
metric lift for binary in 0.0..10.0 higher is better {
  run container "${image}"
  timeout 10min
}`,
  });

export const unpinnedImage = defineRule({
  name: 'unpinned-image',
  code: 'MLP7113',
  level: 'warn',
  title: 'an image that can become another one',
  message: ({ image, tag }: { image: string; tag: string | undefined }) =>
    tag === undefined
      ? `\`${image}\` has no tag, so it is whatever was pushed last`
      : `\`${image}\` is named by the tag \`${tag}\`, which can be moved to another image`,
  hint: () => 'name it by its digest: `registry/name@sha256:…`, as `docker images --digests` shows it',
  why: `A tag is a pointer that somebody can move, \`latest\` one that is meant to be moved; without a tag it is \`latest\`. The step then runs other
code than the one that was tested, and the cache believes that nothing has changed. A digest is one image for ever. The option \`tags\` lets tags of versions pass and speaks
of \`latest\` and of missing tags alone. Images in the targets of environments are looked at too.`,
  reference: {
    title: 'About container image digests',
    url: 'https://cloud.google.com/solutions/using-container-images',
  },
  wrong: component('ghcr.io/acme/lift:latest'),
  right: component(`ghcr.io/acme/lift@sha256:${'0123456789abcdef'.repeat(4)}`),
  options: {
    tags: { kind: 'boolean', default: false, means: 'whether tags of versions such as `:1.2` may stand' },
  },
  create(context) {
    const look = (value: ast.Expression): void => {
      const image = context.program.constantOf(value);
      if (typeof image !== 'string' || /@sha256:[0-9a-f]{64}$/.test(image)) return;
      const tag = /:([\w.-]+)$/.exec(image)?.[1];
      if (context.options.tags && tag !== undefined && /\d/.test(tag)) return;
      context.report({ image, tag }, { span: value.span });
    };
    return {
      Run({ language, target }) {
        if (language === 'container') look(target);
      },
      Target({ settings }) {
        for (const { name, value } of settings)
          if (name?.text === 'image' && value.kind === 'String') look(value);
      },
    };
  },
});
