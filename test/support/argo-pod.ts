import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { Artifact, Template, Volume } from './argo-types.ts';

/** What a cluster has around a workflow. */
export interface Cluster {
  /** What the image has under `/app`. */
  readonly app: string;
  /** Config maps by name: texts by key. */
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Folders of persistent volume claims by name. */
  readonly claims: Readonly<Record<string, string>>;
  /** The object store: a folder, keys are paths in it. */
  readonly store: string;
}

export interface PodResult {
  /** `Error`: not the program but what is around it failed. */
  readonly phase: 'Succeeded' | 'Failed' | 'Error';
  readonly exitCode: number;
  readonly message: string;
  readonly log: string;
  /** Keys in the store of the outputs that were saved, by artifact name. */
  readonly saved: Readonly<Record<string, string>>;
}

const overlaps = (file: string, mount: string): boolean => file === mount || file.startsWith(`${mount}/`);

/**
 * Runs one container as a pod would: a fresh, empty directory is its root; it has the image's `/app`, its volumes, and the
 * artifacts it names, and nothing else. Absolute paths in the command are those below this root. Whatever it writes
 * outside its volumes is an error, since its root file system is read-only.
 */
export async function runPod(
  template: Template,
  volumes: readonly Volume[],
  inputs: Readonly<Record<string, string>>,
  cluster: Cluster,
  keyPrefix: string,
): Promise<PodResult> {
  const root = mkdtempSync(path.join(tmpdir(), 'argo-pod-'));
  const container = template.container!;
  const mounts = container.volumeMounts ?? [];
  const release: (() => void)[] = [];
  const fail = (message: string): PodResult => ({
    phase: 'Error',
    exitCode: -1,
    message,
    log: '',
    saved: {},
  });
  try {
    cpSync(cluster.app, path.join(root, 'app'), { recursive: true, verbatimSymlinks: true });
    for (const mount of mounts) {
      const volume = [...(template.volumes ?? []), ...volumes].find(v => v.name === mount.name);
      if (!volume) return fail(`volume ${mount.name} does not exist`);
      const problem = mountVolume(volume, mount.mountPath, root, cluster, release);
      if (problem) return fail(problem);
    }
    for (const artifact of template.inputs?.artifacts ?? []) {
      const problem = load(artifact, inputs[artifact.name], mounts, root, cluster);
      if (problem) return fail(problem);
    }
    const before = outside(root, mounts);
    const run = await command(template, root);
    const written = outside(root, mounts).filter(file => !before.includes(file));
    if (container.securityContext?.readOnlyRootFilesystem && written.length)
      return fail(`written to the read-only root: ${written.join(', ')}`);
    const { saved, missing } = save(template, root, cluster, keyPrefix);
    if (run.exitCode !== 0)
      return {
        phase: 'Failed',
        exitCode: run.exitCode,
        message: `main: Error (exit code ${run.exitCode})`,
        log: run.log,
        saved,
      };
    if (missing.length)
      return { phase: 'Error', exitCode: 0, message: `no output ${missing.join(', ')}`, log: run.log, saved };
    return { phase: 'Succeeded', exitCode: 0, message: '', log: run.log, saved };
  } finally {
    for (const undo of release) undo();
    rmSync(root, { recursive: true, force: true });
  }
}

/** A claim's folder appears at its mount path itself for as long as the pod runs: paths in data are not rewritten. */
const mounted = new Map<string, number>();
function mountVolume(
  volume: Volume,
  mountPath: string,
  root: string,
  cluster: Cluster,
  release: (() => void)[],
): string | undefined {
  if (volume.persistentVolumeClaim) {
    const folder = cluster.claims[volume.persistentVolumeClaim.claimName];
    if (folder === undefined) return `claim ${volume.persistentVolumeClaim.claimName} does not exist`;
    if (!mountPath.startsWith(`${tmpdir()}/`))
      return `the test mounts only below ${tmpdir()}, not at ${mountPath}`;
    const count = mounted.get(mountPath) ?? 0;
    if (count === 0) symlinkSync(folder, mountPath);
    mounted.set(mountPath, count + 1);
    release.push(() => {
      const left = mounted.get(mountPath)! - 1;
      mounted.set(mountPath, left);
      if (left === 0) rmSync(mountPath);
    });
    return undefined;
  }
  const folder = path.join(root, mountPath);
  mkdirSync(folder, { recursive: true });
  if (!volume.configMap) return undefined;
  const texts = cluster.configMaps[volume.configMap.name];
  if (!texts) return `config map ${volume.configMap.name} does not exist`;
  for (const [key, text] of Object.entries(texts)) writeFileSync(path.join(folder, key), text);
  return undefined;
}

function load(
  artifact: Artifact,
  given: string | undefined,
  mounts: readonly { readonly mountPath: string }[],
  root: string,
  cluster: Cluster,
): string | undefined {
  const key = given ?? artifact.s3?.key;
  const target = path.join(root, artifact.path!);
  if (key !== undefined && existsSync(path.join(cluster.store, key))) {
    cpSync(path.join(cluster.store, key), target, { recursive: true });
    return undefined;
  }
  if (!artifact.optional) return `required artifact ${artifact.name} not supplied`;
  // Outside a volume, the artifact's own mount leaves an empty folder where nothing was found.
  if (key !== undefined && !mounts.some(m => overlaps(artifact.path!, m.mountPath)))
    mkdirSync(target, { recursive: true });
  return undefined;
}

async function command(template: Template, root: string): Promise<{ exitCode: number; log: string }> {
  const container = template.container!;
  const inside = (text: string): string =>
    /^\/(app|mlp|etc|tmp)(\/|$)/.test(text) ? path.join(root, text) : text;
  const [file, ...args] = [...container.command, ...(container.args ?? [])].map(inside);
  const result = await execa(file!, args, {
    cwd: root,
    env: {
      PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
      ...Object.fromEntries((container.env ?? []).map(e => [e.name, inside(e.value)])),
    },
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
    ...(template.activeDeadlineSeconds === undefined
      ? {}
      : { timeout: template.activeDeadlineSeconds * 1000 }),
  });
  return { exitCode: result.exitCode ?? 137, log: result.all ?? '' };
}

/** Saves what is there, whether or not the program succeeded, as Argo does. */
function save(
  template: Template,
  root: string,
  cluster: Cluster,
  keyPrefix: string,
): { saved: Record<string, string>; missing: string[] } {
  const saved: Record<string, string> = {};
  const missing: string[] = [];
  for (const artifact of template.outputs?.artifacts ?? []) {
    const from = path.join(root, artifact.path!);
    const key = artifact.s3?.key ?? `${keyPrefix}/${artifact.name}`;
    if (existsSync(from)) {
      rmSync(path.join(cluster.store, key), { recursive: true, force: true });
      cpSync(from, path.join(cluster.store, key), { recursive: true });
      saved[artifact.name] = key;
    } else if (!artifact.optional) missing.push(artifact.name);
  }
  return { saved, missing };
}

/** Files below the root that are in none of its volumes; the image's own are not walked into. */
function outside(root: string, mounts: readonly { readonly mountPath: string }[]): string[] {
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = `${folder}/${entry.name}`;
      if (mounts.some(m => overlaps(file, m.mountPath)) || file === '/app/node_modules') continue;
      if (entry.isDirectory()) walk(file);
      else files.push(file);
    }
  };
  walk('');
  return files;
}
