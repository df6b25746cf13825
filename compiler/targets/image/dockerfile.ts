import type { Plan } from '../../plan/plan.ts';
import { header } from '../target.ts';

/** How an image is built from a generated program. */
export interface ImageOptions {
  /** The folder of the program below that of the Dockerfile, with a slash at its end; empty: the same. */
  readonly program: string;
  /** Whether the program is TypeScript still, and is compiled in the image. */
  readonly typescript: boolean;
  /** A folder of its own where the container works; null: that of the program, where it writes nothing. */
  readonly workFolder: string | null;
  readonly user: number;
}

/** The base image where no other is given; its digest is given when an image is built. */
const base = 'node:20.20.0-bookworm-slim';
const app = '/app';

/**
 * A Dockerfile has no data model, so it is a template. What goes in is of the compiler, but for the header's lines, which are
 * comments: nothing in them ends a line.
 */
const template = `{{#each header}}
# {{this}}
{{/each}}
# Pin the base image by its digest: docker build --build-arg NODE_IMAGE=node@sha256:… .
ARG NODE_IMAGE={{base}}

FROM \${NODE_IMAGE} AS build
WORKDIR {{app}}
# With a lock file beside package.json the same bytes are installed every time.
COPY {{program}}package.json {{program}}package-lock.jso[n] ./
{{#if typescript}}
RUN if [ -f package-lock.json ]; then npm ci --ignore-scripts; else npm install --ignore-scripts; fi
COPY {{folder}} ./
RUN npm run build && npm prune --omit=dev --ignore-scripts
{{else}}
RUN if [ -f package-lock.json ]; then npm ci --omit=dev --ignore-scripts; else npm install --omit=dev --ignore-scripts; fi
COPY {{folder}} ./
{{/if}}

FROM \${NODE_IMAGE}
ENV NODE_ENV=production
COPY --from=build {{app}} {{app}}
{{#if workFolder}}
# Whoever runs in it owns the folder that it works in, and nothing else.
RUN install -d -o {{user}} -g {{user}} {{workFolder}}
{{/if}}
WORKDIR {{#if workFolder}}{{workFolder}}{{else}}{{app}}{{/if}}
USER {{user}}:{{user}}
EXPOSE 8080
ENTRYPOINT ["node", "{{entry}}"]
{{#if typescript}}
CMD ["--help"]
{{/if}}
`;

export async function dockerfile(plan: Plan, options: ImageOptions): Promise<string> {
  const { default: Handlebars } = await import('handlebars');
  const render = Handlebars.compile(template, { noEscape: true, strict: true });
  const { program, typescript, workFolder, user } = options;
  return render({
    header: header(plan),
    base,
    app,
    program,
    folder: program === '' ? '.' : program,
    typescript,
    workFolder,
    user,
    entry: `${app}/${typescript ? 'dist/' : ''}main.js`,
  });
}
