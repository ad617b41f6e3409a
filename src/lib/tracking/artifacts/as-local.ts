import type { Artifacts } from '../types.ts';
import type { LocalArtifacts } from './local.ts';

/** What can do more than the port demands: artifacts in folders of this machine, which the system copies by itself. */
export function asLocal(artifacts: Artifacts): LocalArtifacts | null {
  return 'copyIn' in artifacts && 'locate' in artifacts ? (artifacts as LocalArtifacts) : null;
}

/** Where artifacts lie on this machine; null where they lie elsewhere, or only the tracker knows. */
export function locateHere(artifacts: Artifacts, root: string, path: string): string | null {
  return asLocal(artifacts)?.locate(root, path) ?? null;
}
