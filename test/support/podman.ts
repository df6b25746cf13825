/** A real container engine, where one can start containers: podman, with storage of its own and an image made without a registry. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const busybox = '/bin/busybox';

/** Variables by which podman finds what is its own in this folder; in words, why there is no such engine. */
export function podmanIn(folder: string): Record<string, string> | string {
  if (process.getuid?.() !== 0) return 'containers of a test need root';
  if (!existsSync(busybox)) return 'there is no busybox to make an image of';
  const storage = path.join(folder, 'storage.conf');
  writeFileSync(
    storage,
    `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/containers"\nrunroot = "${folder}/running"\n`,
  );
  let reason = '';
  for (const runtime of ['runc', 'crun']) {
    const config = path.join(folder, 'containers.conf');
    // Limits that may be set without being allowed to raise any; no network, which nothing here needs.
    writeFileSync(
      config,
      `[containers]\ndefault_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]\nnetns = "none"\n[engine]\nruntime = "${runtime}"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n`,
    );
    const variables = { CONTAINERS_STORAGE_CONF: storage, CONTAINERS_CONF: config };
    try {
      importImage(folder, 'mlp-test-empty', 'exit 0\n', variables);
      podman(['run', '--rm', '--memory=64m', '--cpus=1', 'mlp-test-empty'], variables);
      return variables;
    } catch (error) {
      const { code, stderr } = error as { code?: string; stderr?: Buffer };
      if (code === 'ENOENT') return 'there is no podman';
      reason = `podman starts no container here: ${String(stderr ?? '')
        .trim()
        .split('\n')
        .at(-1)}`;
    }
  }
  return reason;
}

export const podman = (args: readonly string[], variables: Readonly<Record<string, string>>): string =>
  execFileSync('podman', args, { env: { ...process.env, ...variables }, stdio: 'pipe' }).toString();

/** An image of busybox alone, whose entry point is this script. */
export function importImage(
  folder: string,
  name: string,
  script: string,
  variables: Readonly<Record<string, string>>,
): void {
  const root = path.join(folder, name);
  mkdirSync(path.join(root, 'bin'), { recursive: true });
  copyFileSync(busybox, path.join(root, 'bin/busybox'));
  for (const tool of ['sh', 'cat', 'id', 'sleep', 'touch', 'head'])
    symlinkSync('busybox', path.join(root, 'bin', tool));
  writeFileSync(path.join(root, 'step.sh'), script);
  chmodSync(path.join(root, 'step.sh'), 0o755);
  const tar = path.join(folder, `${name}.tar`);
  execFileSync('tar', ['-C', root, '-cf', tar, '.']);
  podman(['import', '--quiet', '--change', 'ENTRYPOINT ["/bin/sh", "/step.sh"]', tar, name], variables);
}
