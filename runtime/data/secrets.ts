import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionMessages } from '../../compiler/diagnostics/messages/connections.ts';
import type { Construct, Setting } from '../../compiler/plan/plan.ts';
import { fault } from './faults.ts';

/** A connection as the spec declares it. */
export interface Connection {
  readonly name: string;
  readonly construct: Construct;
}

/** The name of the secret that a setting is. */
export function secretName(setting: Setting | undefined): string | undefined {
  return typeof setting === 'object' && setting !== null && 'secret' in setting ? setting.secret : undefined;
}

/**
 * The value of a connection's secret: of the environment variable of its name, else of the file of its name in the folder
 * that MLP_SECRETS_DIR names, without a line's end. Undefined where the spec names none; throws MLP8101 where there is no value.
 */
export async function secretOf(
  { name, construct }: Connection,
  argument: string,
): Promise<string | undefined> {
  const secret = secretName(construct.args[argument]);
  if (secret === undefined) return undefined;
  const value = process.env[secret];
  if (value !== undefined && value !== '') return value;
  const folder = process.env['MLP_SECRETS_DIR'];
  // A name with a slash would leave the folder.
  const file = folder && !/[/\\]|^\.+$/.test(secret) ? join(folder, secret) : undefined;
  const text = file && (await readFile(file, 'utf8').catch(() => undefined));
  if (text) return text.replace(/\r?\n$/, '');
  throw fault(connectionMessages.secretMissing, { secret, connection: name }, { at: construct.at });
}

/** A text of a server or a library without the secrets that it may quote. */
export function withoutSecrets(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets
    .filter((secret): secret is string => secret !== undefined && secret.length >= 3)
    .sort((a, b) => b.length - a.length)
    .reduce((all, secret) => all.replaceAll(secret, '***'), text);
}
