import { targetsMessages } from '../../compiler/diagnostics/messages/targets.ts';
import type { Foreign } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import type { Language } from './run-job.ts';

const languages: Partial<Record<Foreign['language'], () => Promise<Language>>> = {
  python: async () => (await import('./python.ts')).python,
  typescript: async () => (await import('./typescript.ts')).typescript,
  shell: async () => (await import('./shell.ts')).shell,
  container: async () => (await import('./container.ts')).container,
};

export async function languageOf(run: Foreign, what: string, at: number): Promise<Language> {
  const load = languages[run.language];
  if (!load)
    throw fault(targetsMessages.notCarriedOut, { what: `${what}, which runs ${run.language}` }, { at });
  return load();
}
