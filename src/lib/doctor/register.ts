import type { ExtensionApi } from '../extend/contract.ts';
import type { DoctorCheck } from './types.ts';

/** Checks that belong to no room of the pipeline. A room registers its own beside its adapters. */
export function registerChecks(api: ExtensionApi): void {
  const add = (id: string, load: () => Promise<DoctorCheck>) => {
    api.register('doctor-check', id, async () => {
      const check = await load();
      return () => check;
    });
  };
  add('node', async () => (await import('./checks/node.ts')).nodeCheck);
  add('disk', async () => (await import('./checks/disk.ts')).diskCheck);
  add('cache', async () => (await import('./checks/cache.ts')).cacheCheck);
  add('plugins', async () => (await import('./checks/plugins.ts')).pluginsCheck);
  add('project.file', async () => (await import('./checks/project.ts')).projectCheck);
  add('project.leftovers', async () => (await import('./checks/leftovers.ts')).leftoversCheck);
  add('secrets.gitignore', async () => (await import('./checks/secrets.ts')).ignoreCheck);
  add('secrets.permissions', async () => (await import('./checks/secrets.ts')).permissionCheck);
  add('secrets.sources', async () => (await import('./checks/secret-sources.ts')).secretSourcesCheck);
  add('spark.java', async () => (await import('./checks/spark.ts')).javaCheck);
  add('spark.python', async () => (await import('./checks/spark.ts')).pythonCheck);
  add('spark.submit', async () => (await import('./checks/spark.ts')).submitCheck);
  add('store.buckets', async () => (await import('./checks/store.ts')).bucketsCheck);
  add('store.folder', async () => (await import('./checks/store.ts')).storeCheck);
}
