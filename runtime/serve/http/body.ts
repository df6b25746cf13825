import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { serveMessages } from '../../../compiler/diagnostics/messages/serve.ts';
import { type Refused, refused } from '../refusal.ts';

/** The client went away before its request was complete: there is nobody to answer. */
export class Gone extends Error {}

/** Bytes of bodies that are being received, over all connections. */
export class BodyBudget {
  held = 0;
  readonly most: number;
  constructor(most: number) {
    this.most = most;
  }
}

const contentTypes = /^application\/(?:json|[\w.!#$&^-]+\+json)\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Why the body is not to be read at all. */
export function refuseHeaders(request: IncomingMessage, limit: number): Refused | undefined {
  const { headers } = request;
  const type = headers['content-type'];
  if (type === undefined || !contentTypes.test(type))
    return refused(415, serveMessages.contentType, { given: type ?? 'content of no stated type' });
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return refused(415, serveMessages.contentType, { given: `content encoded by ${encoding}` });
  if (Number(headers['content-length'] ?? 0) > limit) return refused(413, serveMessages.tooLarge, { limit });
  return undefined;
}

/** The body's bytes; a refusal where they are too many. @throws Gone */
export function readBody(
  request: IncomingMessage,
  limit: number,
  budget: BodyBudget,
): Promise<Buffer | Refused> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (act: () => void) => {
      budget.held -= size;
      size = 0;
      request.off('data', take);
      act();
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      budget.held += chunk.length;
      if (size > limit) end(() => resolve(refused(413, serveMessages.tooLarge, { limit })));
      else if (budget.held > budget.most) {
        const more = { headers: { 'retry-after': '1' } };
        end(() => resolve(refused(503, serveMessages.overloaded, { limit: budget.most }, more)));
      } else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => end(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))));
    request.once('close', () => end(() => reject(new Gone())));
    request.once('error', () => end(() => reject(new Gone())));
  });
}

/** JSON of a body, or why it is none. A message of the parser may show a piece of the text, which may be anybody's. */
export function parseBody(bytes: Buffer): { readonly json: unknown } | Refused {
  if (bytes.length === 0) return refused(400, serveMessages.notJson, { reason: 'it is empty' });
  if (!isUtf8(bytes)) return refused(400, serveMessages.notJson, { reason: 'it is not UTF-8' });
  const text = bytes.toString('utf8');
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    const message = (error as Error).message;
    const place = /position (\d+)/.exec(message)?.[1];
    const at = place === undefined ? (/end of JSON/.test(message) ? text.length : undefined) : Number(place);
    return refused(400, serveMessages.notJson, { reason: syntaxFault(text, at) });
  }
}

function syntaxFault(text: string, at: number | undefined): string {
  if (at === undefined) return 'something in it is not JSON';
  if (at >= text.length) return 'it ends too early';
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1} is not JSON`;
}
