import { parse } from 'yaml';
import type { OutputFile } from '../../compiler/targets/target.ts';
import type { WorkflowTemplate } from './argo.ts';
import type { Manifest } from './references.ts';

export const yamlFiles = (files: readonly OutputFile[]): readonly OutputFile[] =>
  files.filter(f => f.path.endsWith('.yaml'));

/** The manifests of a build, without the kustomization. */
export const documents = (files: readonly OutputFile[]): readonly Manifest[] =>
  yamlFiles(files)
    .filter(f => f.path !== 'kustomization.yaml')
    .map(f => parse(f.text) as Manifest);

export const workflowOf = (files: readonly OutputFile[]): WorkflowTemplate =>
  documents(files).find(m => m.kind === 'WorkflowTemplate') as unknown as WorkflowTemplate;

/** A field anywhere in a manifest, by its path; undefined if there is none. */
export const field = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
