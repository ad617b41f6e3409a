import { newestByName } from '../../registry/locate-files.ts';
import { asLocal } from '../artifacts/as-local.ts';
import type { ArtifactFile, Run } from '../entities.ts';
import type { Artifacts, Tracker } from '../types.ts';

/**
 * The artifacts of a run with the models that it made as folders of their names: MLflow 3 keeps them beside the run, and
 * older stores among its files. What the run itself has under a name comes first.
 */
export async function withModels({ artifacts, loggedModels }: Tracker, run: Run): Promise<Artifacts> {
  const models = await newestByName(loggedModels, run);
  if (models.size === 0) return artifacts;
  const own = await artifacts.list(run.artifactUri);
  for (const { path } of own) models.delete(path);
  /** The root and the path in which something lies; null for what lies in the run. */
  const behind = (path: string) => {
    const [name = '', ...deeper] = path.split('/');
    const model = models.get(name);
    return model === undefined ? null : { name, root: model.artifactUri, path: deeper.join('/') };
  };
  const local = asLocal(artifacts);
  return {
    ...artifacts,
    ...(local === null
      ? {}
      : {
          locate(root: string, path: string) {
            const there = behind(path);
            return there === null ? local.locate(root, path) : local.locate(there.root, there.path);
          },
        }),
    async list(root, path = '') {
      if (path === '') return [...own, ...[...models.keys()].map(folderOf)].sort((a, b) => (a.path < b.path ? -1 : 1));
      const there = behind(path);
      if (there === null) return await artifacts.list(root, path);
      const files = await artifacts.list(there.root, there.path);
      return files.map(file => ({ ...file, path: `${there.name}/${file.path}` }));
    },
    read(root, path, options) {
      const there = behind(path);
      return there === null ? artifacts.read(root, path, options) : artifacts.read(there.root, there.path, options);
    },
  };
}

function folderOf(path: string): ArtifactFile {
  return { path, isFolder: true, bytes: null };
}
