import { serveMessages } from '../../../compiler/diagnostics/messages/serve.ts';
import { suggest } from '../../../compiler/diagnostics/suggest.ts';
import { type Refused, refused } from '../refusal.ts';

export interface Asked {
  /** What stands in the places of the pattern's `{…}`, decoded. */
  readonly params: readonly string[];
  /** The body of a POST. */
  readonly json: unknown;
}
export type Reply =
  | Refused
  | {
      readonly status: number;
      /** Text as it is, anything else as JSON. */
      readonly body: unknown;
      readonly type?: string;
    };

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/v2/models/{model}/infer` */
  readonly pattern: string;
  readonly summary: string;
  /** How errors are told: with all that is known, or as the one text of the Open Inference Protocol. */
  readonly protocol: 'plain' | 'inference';
  answer(asked: Asked): Reply | Promise<Reply>;
}

/** The path of a request's target, without a query and a slash at its end. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

export class Router {
  readonly routes: readonly Route[];
  /** Routes without parameters, by path: the way of every prediction. */
  private readonly plain: ReadonlyMap<string, readonly Route[]>;
  private readonly patterns: readonly { readonly segments: readonly string[]; readonly route: Route }[];

  constructor(routes: readonly Route[]) {
    this.routes = routes;
    const plain = new Map<string, Route[]>();
    for (const route of routes)
      if (!route.pattern.includes('{'))
        plain.set(route.pattern, [...(plain.get(route.pattern) ?? []), route]);
    this.plain = plain;
    this.patterns = routes
      .filter(route => route.pattern.includes('{'))
      .map(route => ({ segments: route.pattern.split('/'), route }));
  }

  protocolOf(path: string): Route['protocol'] {
    return path === '/v2' || path.startsWith('/v2/') ? 'inference' : 'plain';
  }

  find(
    method: string,
    path: string,
  ): { readonly route: Route; readonly params: readonly string[] } | Refused {
    const fits = (this.plain.get(path) ?? []).map(route => ({ route, params: [] as readonly string[] }));
    const all = fits.length > 0 ? fits : this.matching(path);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const found = all.find(({ route }) => route.method === wanted);
    if (found) return found;
    const shown = path.length > 100 ? `${path.slice(0, 100)}…` : path;
    if (all.length === 0) {
      const near = suggest(
        path,
        this.routes.map(route => route.pattern),
      );
      return refused(404, serveMessages.noPath, { path: shown, near });
    }
    const allowed = [...new Set(all.map(({ route }) => route.method))];
    const facts = { method: method.slice(0, 20), path: shown, allowed };
    return refused(405, serveMessages.noMethod, facts, { headers: { allow: allowed.join(', ') } });
  }

  private matching(path: string) {
    const given = path.split('/');
    return this.patterns.flatMap(({ segments, route }) => {
      const params = matched(segments, given);
      return params === undefined ? [] : [{ route, params }];
    });
  }
}

function matched(segments: readonly string[], given: readonly string[]): readonly string[] | undefined {
  if (segments.length !== given.length) return undefined;
  const params: string[] = [];
  for (const [i, segment] of segments.entries()) {
    if (!segment.startsWith('{')) {
      if (segment !== given[i]) return undefined;
      continue;
    }
    try {
      params.push(decodeURIComponent(given[i]!));
    } catch {
      return undefined;
    }
  }
  return params;
}
