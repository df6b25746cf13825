import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import type { Client } from 'pg';

/**
 * An address whose `sslmode` is what it does: the driver checks the whole certificate for each mode but `disable` and
 * `no-verify`, and prints a warning for those that say less.
 */
export function strictAddress(url: string): string {
  const start = url.indexOf('?');
  if (start < 0 || /[?&]uselibpqcompat=true/.test(url)) return url;
  const query = url
    .slice(start)
    .replace(/([?&])sslmode=(?:prefer|require|verify-ca)(?=&|$)/, '$1sslmode=verify-full')
    .replace(/([?&])ssl=(?:true|1)(?=&|$)/, '$1sslmode=verify-full');
  return url.slice(0, start) + query;
}

/** The parameter of an address whose file cannot be read. */
export function unreadableFile(url: string): string | undefined {
  const [, query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  return ['sslrootcert', 'sslcert', 'sslkey'].find(name => {
    const file = parameters.get(name);
    if (file === null) return false;
    try {
      accessSync(file, constants.R_OK);
      return false;
    } catch {
      return true;
    }
  });
}

/** Without this, the certificate of a server that is named by a number would have to be one of `localhost`. */
export function checkNumber(client: Client): void {
  const { ssl } = client as unknown as { readonly ssl: boolean | { host?: string } };
  if (typeof ssl === 'object' && isIP(client.host) !== 0) ssl.host = client.host;
}

/** Why a server's certificate was refused, without the names in it; undefined: it is about something else. */
export function distrust(error: unknown): string | undefined {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_UNTRUSTED/.test(code))
    return 'no authority that is known here has signed its certificate';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is that of another host';
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid yet';
  if (/does not support SSL/.test(message)) return 'it does not speak TLS, and the address asks for it';
  return undefined;
}
